//! What comes of a judgement. Made here and nowhere else: the sign-in acts on it, the record keeps it, the replay makes it again.

use super::Judgement;
use serde::{Deserialize, Serialize};

/// What is to become of a login, as far as its judgement goes; the site's policy may ask more of everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is let in.
    Allow,
    /// It is let in when it has shown more than the first proof.
    StepUp(With),
    /// It is turned down by a rule: no score comes to this.
    Refuse,
}

/// What more a login is to show: the best that its account has at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum With {
    /// The code that goes to where its owner has confirmed; the customer may take a passkey instead.
    Code,
    /// A passkey that has proved itself before; the desk helps as well.
    Passkey,
    /// The desk: nothing else is at hand.
    Desk,
}

impl Verdict {
    /// Every verdict, in the order of their numbers.
    pub const ALL: [Self; 5] =
        [Self::Allow, Self::StepUp(With::Code), Self::StepUp(With::Passkey), Self::StepUp(With::Desk), Self::Refuse];

    /// What comes of a judgement's evidence, score and threshold. Who can be sent a code is asked for one on any doubt. The desk is
    /// dear to a customer, so it takes what looks like an attacker's; and a passkey is all that could be asked for.
    pub(super) fn of(judgement: &Judgement) -> Self {
        let evidence = &judgement.evidence;
        match (evidence.has_code, evidence.has_passkey) {
            _ if evidence.refused => Self::Refuse,
            (true, _) if judgement.asks() => Self::StepUp(With::Code),
            (false, true) if judgement.suspects() && !evidence.by_passkey => Self::StepUp(With::Passkey),
            (false, false) if judgement.suspects() && !evidence.by_passkey => Self::StepUp(With::Desk),
            _ => Self::Allow,
        }
    }

    /// Its place among [`Verdict::ALL`].
    pub fn number(self) -> usize {
        Self::ALL.iter().position(|one| *one == self).unwrap_or_default()
    }
}
