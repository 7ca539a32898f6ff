//! Opening an account: reserve a number, make the account, confirm the number, open. Each step is idempotent, and a
//! walk that stops on the way undoes itself when the reservation lapses.

use super::fields::Form;
use super::sealed::Passwords;
use super::sign_in::{look, no};
use crate::account::{AccountId, Command, Complaint, Reply, complaints};
use crate::host::Host;
use crate::name::{self, NameTag};
use crate::routes::{Answer, Asked, No, json};
use http::StatusCode;
use rand_core::CryptoRng;
use sekisho_rules::{AccountNumber, LoginName, Refusal, Secret};
use serde::Deserialize;
use serde_json::{Value, json as document};

/// As many numbers are tried before the edge gives up; nine million are there.
const TRIES: usize = 8;

/// Opens an account and answers its number and a receipt number, once.
pub(crate) async fn open<H: Host, R: CryptoRng>(asked: &Asked<'_, H>, rng: &mut R) -> Answer {
    let form = Form::read(asked)?;
    let profile = form.profile(asked.now, asked.host)?;
    let passwords = Passwords::of(asked, form.attempt.as_ref().map(Secret::expose))?;
    let password = passwords.open(asked, ("", "password"), form.password)?;
    let found = complaints(&asked.config().password.rules, &password, Some(&profile));
    if !found.is_empty() {
        return Err(refused_password(&found));
    }
    asked.admit().await?;
    let account = passwords.attempt("").and_then(|attempt| attempt.account()).unwrap_or_else(|| random_account(rng));
    let (number, tag) = reserve(asked, rng, account).await?;
    let receipt = receipt(rng);
    let (name, customer, profile) = (tag, number.clone(), Box::new(profile));
    let opening = Command::Open { name, customer, receipt: receipt.clone(), profile, password };
    expect_done(asked.host.account(account, opening).await?)?;
    match asked.host.name(tag, name::Command::Confirm { account }).await? {
        name::Reply::Done => {}
        _ => return Err(Refusal::Unavailable.into()),
    }
    expect_done(asked.host.account(account, Command::Activate).await?)?;
    let mut response = json(&document!({ "account_number": number, "receipt": receipt }))?;
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

/// Issues a number that nobody has.
async fn reserve<H: Host, R: CryptoRng>(
    asked: &Asked<'_, H>,
    rng: &mut R,
    account: AccountId,
) -> Result<(String, NameTag), No> {
    for _ in 0..TRIES {
        let number = AccountNumber::from_random(rng.next_u64()).to_string();
        let tags = asked.house.keys.name_tags(&number);
        let [tag, previous @ ..] = tags.as_slice() else { return Err(Refusal::Unavailable.into()) };
        // A name kept under a key of before is taken as well.
        if look(asked.host, previous).await?.is_some() {
            continue;
        }
        if asked.host.name(*tag, name::Command::Reserve { account }).await? == name::Reply::Done {
            return Ok((number, *tag));
        }
    }
    Err(Refusal::Unavailable.into())
}

/// The refusal of a password with what speaks against it.
pub(super) fn refused_password(found: &[Complaint]) -> No {
    let complaint = |one: &Complaint| document!({ "code": one.code, "severity": one.severity });
    No::with(Refusal::PasswordRefused, "complaints", found.iter().map(complaint).collect::<Vec<Value>>())
}

fn expect_done(reply: Reply) -> Result<(), No> {
    match reply {
        Reply::Done => Ok(()),
        reply => Err(no(&reply)),
    }
}

fn random_account<R: CryptoRng>(rng: &mut R) -> AccountId {
    let mut id = [0; 16];
    rng.fill_bytes(&mut id);
    AccountId(id)
}

/// A receipt number: twelve letters and digits that are not mistaken for one another, 60 bits.
fn receipt<R: CryptoRng>(rng: &mut R) -> String {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let mut rest = rng.next_u64();
    let mut text = String::with_capacity(14);
    for at in 0..12 {
        if at > 0 && at % 4 == 0 {
            text.push('-');
        }
        let letter = usize::try_from(rest % 32).unwrap_or_default();
        text.push(LETTERS.get(letter).copied().map_or('2', char::from));
        rest /= 32;
    }
    text
}

/// As many customers are imported in one call.
const BATCH: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Import {
    customers: Vec<Imported>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Imported {
    name: String,
    customer: String,
}

/// Imports login names with the broker's own customer numbers, without passwords: the origin still holds those.
/// Staff's token alone opens this; a name that is there already is kept as it is.
pub(crate) async fn import<H: Host>(asked: &Asked<'_, H>) -> Answer {
    asked.staff()?;
    let body: Import = asked.body()?;
    if body.customers.len() > BATCH {
        return Err(Refusal::TooLarge.into());
    }
    // The whole list is read before any of it is done.
    let mut names = Vec::with_capacity(body.customers.len());
    for (at, row) in body.customers.iter().enumerate() {
        let sound = !row.customer.is_empty()
            && row.customer.len() <= 32
            && row.customer.bytes().all(|byte| byte.is_ascii_graphic());
        let name = LoginName::parse(&row.name).ok().filter(|_| sound);
        names.push(name.ok_or_else(|| No::with(Refusal::FieldsRefused, "row", at))?);
    }
    let (mut imported, mut kept) = (0_u32, 0_u32);
    for (name, row) in names.iter().zip(&body.customers) {
        match import_one(asked, name, &row.customer).await? {
            true => imported += 1,
            false => kept += 1,
        }
    }
    json(&document!({ "imported": imported, "kept": kept }))
}

/// The desk has seen who the customer of this login name is: passwords are let in again.
pub(crate) async fn release<H: Host>(asked: &Asked<'_, H>) -> Answer {
    asked.staff()?;
    let ([name], []) = asked.texts(["name"], [])?;
    let name = LoginName::parse(name.expose()).map_err(|_| Refusal::NotFound)?;
    let tags = asked.house.keys.name_tags(name.as_str());
    let account = look(asked.host, &tags).await?.ok_or(Refusal::NotFound)?;
    expect_done(asked.host.account(account, Command::Release).await?)?;
    json(&document!({}))
}

async fn import_one<H: Host>(asked: &Asked<'_, H>, name: &LoginName, customer: &str) -> Result<bool, No> {
    let tags = asked.house.keys.name_tags(name.as_str());
    if look(asked.host, &tags).await?.is_some() {
        return Ok(false);
    }
    let tag = *tags.first().ok_or(Refusal::Unavailable)?;
    // The same name leads to the same account however often the import is repeated.
    let account = AccountId(*tag.0.first_chunk().unwrap_or(&[0; 16]));
    if asked.host.name(tag, name::Command::Reserve { account }).await? != name::Reply::Done {
        return Ok(false);
    }
    match asked.host.account(account, Command::Import { customer: customer.to_owned() }).await? {
        Reply::Imported(_) => {}
        reply => return Err(no(&reply)),
    }
    match asked.host.name(tag, name::Command::Confirm { account }).await? {
        name::Reply::Done => Ok(true),
        _ => Err(Refusal::Unavailable.into()),
    }
}
