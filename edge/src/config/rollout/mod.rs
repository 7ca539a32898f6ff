//! A measure that is rolled out by channel and by cohort: first a few customers of one channel, in the end everybody.

use super::read::Section;
use std::time::Duration;

/// Whom a measure has reached.
#[derive(Clone, Debug)]
pub struct Rollout {
    /// The channels, by their names; every one where there is none.
    pub channels: Vec<String>,
    /// Of a hundred customers so many.
    pub percent: u32,
}

impl Rollout {
    /// Whether it has reached a customer of this channel and cohort, 0 to 99. Whom it has reached it reaches at every higher
    /// percentage too.
    pub fn reaches(&self, channel: &str, cohort: u32) -> bool {
        let here = self.channels.is_empty() || self.channels.iter().any(|name| name == channel);
        here && cohort < self.percent
    }
}

/// Who is asked to confirm a mail address while none is confirmed, and how.
#[derive(Clone, Debug)]
pub struct AskAddress {
    /// Whom this has reached.
    pub rollout: Rollout,
    /// The path of the page that a login of theirs leads over; none where the login leads on, and a page of the site's asks.
    pub page: Option<String>,
    /// How long they are not asked again once they have put it off.
    pub put_off: Duration,
}

pub(super) fn read(section: &mut Section) -> AskAddress {
    AskAddress {
        rollout: Rollout { channels: section.words("channels"), percent: section.number("percent", 100, 0..=100) },
        page: section.perhaps("page", |section, name| section.path(name, "")),
        put_off: section.duration("put_off", 7 * 86_400_000, 0..=90 * 86_400_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rollout_reaches_its_channels_and_its_cohorts_and_never_takes_one_back() {
        let some = |percent| Rollout { channels: vec!["pc-main".into()], percent };
        assert!(some(10).reaches("pc-main", 9) && !some(10).reaches("pc-main", 10) && !some(100).reaches("sp", 0));
        assert!(!some(0).reaches("pc-main", 0));
        for cohort in 0..100 {
            let reached: Vec<bool> = (0..=100).map(|percent| some(percent).reaches("pc-main", cohort)).collect();
            assert!(reached.is_sorted());
        }
        assert!(Rollout { channels: vec![], percent: 100 }.reaches("anything", 99));
    }
}
