//! What staff do to a customer, by login name or by the account's id, as the log tells it: written down in the object first, then done by the customer's own. Only the account's
//! id is written down, and a keyed hash of the address that the desk gives it. And what the operator's token does: the first invitation.

use super::super::sign_in::{look as find, no};
use super::ceremonies::digest_of;
use super::{field, tell, written};
use crate::account::{AccountId, Command, Reply};
use crate::crowd::{self, Replayed, Shard};
use crate::host::Host;
use crate::notice::address;
use crate::risk::Reason;
use crate::routes::{Answer, Asked, json};
use crate::wire::to_hex;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand_core::CryptoRng;
use sekisho_rules::{LoginName, Refusal, Timestamp};
use serde_json::{Value, json as document};

/// The last moment that is asked for: no number in a store is greater.
const LAST: u64 = 1 << 52;

/// Does `command` to the customer of that name, once `action` is written down, and answers what the account told. Whoever may
/// not do it learns no more of the name than that.
pub(super) async fn act<H: Host>(
    asked: &Asked<'_, H>,
    by: &str,
    (action, command): (&str, Command),
    name: &str,
) -> Answer {
    // Who asks is seen first: a stranger makes no name be looked up.
    tell(asked, &["me", by]).await?;
    let parsed = LoginName::parse(name).map_err(|_| Refusal::FieldsRefused)?;
    let account = find(asked.host, &asked.house.keys.name_tags(parsed.as_str())).await?;
    let account = account.or_else(|| AccountId::from_hex(name));
    let mut subject = account.map_or_else(|| "-".to_owned(), AccountId::to_hex);
    if let Command::WriteDownAddress(address) = &command {
        // What was written down at the customer goes with a stop; who writes one mailbox down at many is to be seen all the same.
        subject.extend([" ", &asked.house.keys.mailbox_tag(address)]);
    }
    tell(asked, &["act", by, action, &subject]).await?;
    let account = account.ok_or(Refusal::NotFound)?;
    match asked.host.account(account, command).await {
        Ok(Reply::Done) => Ok(written("{}".to_owned())),
        Ok(Reply::Standing(standing)) => Ok(written(standing)),
        failed => {
            // That it was not done is written down too.
            let _ = tell(asked, &["failed", by, action, &subject]).await;
            Err(no(&failed?))
        }
    }
}

/// Writes down the mail address of a customer whose identity the member has seen to; a code at the next login confirms it.
pub(super) async fn address<H: Host>(asked: &Asked<'_, H>, by: &str, name: &str, address: &str) -> Answer {
    tell(asked, &["me", by]).await?;
    let address = address::parse(address.trim(), asked.host).ok_or(Refusal::FieldsRefused)?;
    act(asked, by, ("address", Command::WriteDownAddress(address)), name).await
}

/// How the customer's logins by password were judged between two moments, in milliseconds.
pub(super) async fn judged<H: Host>(asked: &Asked<'_, H>, by: &str, name: &str, between: [&str; 2]) -> Answer {
    tell(asked, &["me", by]).await?;
    let moment = |text: &str| match text.parse() {
        Ok(millis @ 0..=LAST) => Ok(Timestamp::from_millis(millis)),
        _ => Err(Refusal::FieldsRefused),
    };
    let [from, until] = between.map(moment);
    act(asked, by, ("judged", Command::Judged { from: from?, until: until? }), name).await
}

/// The thresholds that are tried: in steps of 250 thousandths from -8,000 to 6,000.
fn steps() -> Vec<i64> {
    (-32..=24).map(|step| step * 250).collect()
}

/// What other thresholds would have done to the logins judged lately, by one channel or by all, and to those of them that staff say
/// were an attacker's.
pub(super) async fn replay<H: Host>(asked: &Asked<'_, H>, by: &str, channel: &str) -> Answer {
    tell(asked, &["me", by]).await?;
    let known = channel.is_empty() || asked.config().channels.iter().any(|known| known.name == channel);
    if !known {
        return Err(Refusal::FieldsRefused.into());
    }
    tell(asked, &["act", by, "replay", channel]).await?;
    let labels: Value = crate::wire::read(tell(asked, &["labels", by]).await?.as_bytes()).unwrap_or_default();
    let labels = labels.get("labels").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let attacks = labels.iter().filter_map(Value::as_i64).collect();
    let command = crowd::Command::Replay { channel: channel.to_owned(), thresholds: steps(), attacks }.pack();
    let mut sum = Replayed::default();
    for shard in Shard::windows() {
        let reply = asked.host.crowd(shard, command.clone()).await?;
        sum.join(&Replayed::read(&reply).ok_or(Refusal::Unavailable)?);
    }
    let mut reasons = serde_json::Map::new();
    for (at, reason) in Reason::ALL.iter().enumerate() {
        let of = |list: &[u32]| list.get(at).copied().unwrap_or_default();
        let [count, rule] = [&sum.reasons, &sum.rules].map(|list| of(list));
        let weight = sum.weights.get(at).and_then(|sum| sum.checked_div(count.saturating_sub(rule).into()));
        if let Ok(Value::String(name)) = serde_json::to_value(reason) {
            reasons.insert(name, document!({ "count": count, "rule": rule, "weight": weight }));
        }
    }
    let [allow, code, passkey, desk, refuse] = sum.verdicts.first_chunk().copied().unwrap_or_default();
    json(&document!({
        "reproduced": sum.reproduced, "foreign": sum.foreign, "suspected": sum.suspected,
        "since": sum.since.map(|since| since.as_millis()), "thresholds": steps(), "would": sum.would,
        "attacks": sum.attacks, "caught": sum.caught,
        "verdicts": { "allow": allow, "code": code, "passkey": passkey, "desk": desk, "refuse": refuse },
        "reasons": reasons,
    }))
}

/// A code by which somebody becomes staff, good once and for a day. `by` is empty for the operator's token.
pub(super) async fn invite<H: Host, R: CryptoRng>(
    asked: &Asked<'_, H>,
    rng: &mut R,
    by: &str,
    name: &str,
    role: &str,
) -> Answer {
    let mut bytes = [0; 32];
    rng.fill_bytes(&mut bytes);
    let code = URL_SAFE_NO_PAD.encode(bytes);
    let told = tell(asked, &["invite", by, &to_hex(&digest_of(&code)), name, role]).await?;
    let until = field(&told, "until").ok_or(Refusal::Unavailable)?;
    Ok(written(format!("{{\"code\":\"{code}\",\"until\":{until}}}")))
}

/// The same on the site's own host, for the operator's token: how the first of them comes in.
pub(crate) async fn invite_staff<H: Host, R: CryptoRng>(asked: &Asked<'_, H>, rng: &mut R) -> Answer {
    asked.staff()?;
    if asked.config().staff.is_none() {
        return Err(Refusal::NotFound.into());
    }
    let ([name, role], []) = asked.texts(["name", "role"], [])?;
    invite(asked, rng, "", name.expose(), role.expose()).await
}
