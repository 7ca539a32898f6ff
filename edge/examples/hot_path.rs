//! What the gate does for a page request inside the lease, natively: the time of it and how often a statement has to be signed,
//! for ten, ten thousand and a million accounts, and for as many sessions at once as an isolate may see. What is shown is the
//! quickest tenth of the batches: a busy machine only ever adds.
//!
//! `cargo run --release -p sekisho-edge --features memory --example hot_path`; `make bench` runs it.

use chacha20::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use sekisho_edge::account::{AccountId, SessionState};
use sekisho_edge::config::json_of;
use sekisho_edge::gate::Cookie;
use sekisho_edge::keys::Keys;
use sekisho_edge::memory::Memory;
use sekisho_edge::{House, Settings};
use sekisho_rules::{Amr, Timestamp};
use std::error::Error;
use std::io::Write as _;
use std::time::{Duration, Instant};

const NOW: Timestamp = Timestamp::from_millis(1_795_323_900_000);
const BATCHES: u32 = 200;
const BATCH: u32 = 1_000;
/// A private key from RFC 7515, appendix A.3: it guards nothing.
const JWK: &str = r#"[{"kty":"EC","crv":"P-256","kid":"bench","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}]"#;

fn ring(fill: &str) -> String {
    format!("1:{}", fill.repeat(43))
}

fn house() -> Result<House, Box<dyn Error>> {
    let config = json_of(include_str!("../sekisho.toml")).map_err(|complaint| complaint.to_string())?;
    let settings = Settings {
        config: &config,
        mac_keys: &ring("A"),
        name_keys: &ring("Q"),
        seal_keys: &ring("g"),
        jwt_keys: JWK,
        mail_token: "mail-token-of-bench",
        dkim_key: "",
        origin_token: "origin-token-of-bench",
        ops_token: "ops-token-of-bench",
        proxy_token: "",
        app_keys: "app-keys-of-tests-32-characters-long",
        sms_token: "",
    };
    House::build(&settings).map_err(|complaints| format!("{complaints:?}").into())
}

/// A page request of a live session of one of `accounts` accounts, drawn.
fn request(keys: &Keys, rng: &mut ChaCha20Rng, accounts: u64) -> String {
    let account = rng.next_u64() % accounts;
    let mut id = [0; 16];
    ChaCha20Rng::seed_from_u64(account).fill_bytes(&mut id);
    let mut session = zeroize::Zeroizing::new([0; 32]);
    rng.fill_bytes(session.as_mut_slice());
    let cookie = Cookie {
        entrance: 0,
        account: AccountId(id),
        id: session,
        lease: NOW + Duration::from_secs(60),
        place: Default::default(),
        session: SessionState {
            customer: format!("{:08}", 10_000_000 + account),
            deadline: NOW + Duration::from_secs(10_800),
            auth_time: NOW,
            amr: Amr::PASSWORD,
            channel: "pc-main".to_owned(),
            bound: None,
            elevated: Some(false),
            moved: false,
        },
    };
    let value = cookie.seal(keys);
    format!(
        "GET\nhttp://localhost:8787/home\n__Host-sekisho={value}\ntext/html\nsame-origin\nnavigate\ndocument\n\n\n\n\n?0\n"
    )
}

#[allow(clippy::disallowed_methods, reason = "a bench measures time")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n   accounts   sessions at once   µs of a decision   statements signed, of requests")?;
    for accounts in [10, 10_000, 1_000_000] {
        for sessions in [10, 1_000, 100_000] {
            let memory = Memory::new(house()?, NOW, 1);
            let keys = Keys::parse(&ring("A"), &ring("Q"), &ring("g"), JWK).map_err(|faults| format!("{faults:?}"))?;
            let mut rng = ChaCha20Rng::seed_from_u64(accounts + sessions);
            let live: Vec<String> = (0..sessions).map(|_| request(&keys, &mut rng, accounts)).collect();
            let (mut batches, mut signed) = (Vec::new(), 0_u32);
            for _ in 0..BATCHES {
                let mut spent = Duration::ZERO;
                for _ in 0..BATCH {
                    let at = usize::try_from(rng.next_u64() % sessions)?;
                    let packed = live.get(at).map_or("", String::as_str);
                    let began = Instant::now();
                    let decision = memory.house.decide_packed(NOW, packed);
                    spent += began.elapsed();
                    if decision == "ask" {
                        signed += 1;
                        pollster::block_on(memory.house.resolve(&memory, NOW, &mut rng, packed));
                    } else if !decision.starts_with("forward") {
                        return Err(format!("not let through: {decision}").into());
                    }
                }
                batches.push(spent);
            }
            batches.sort_unstable();
            if memory.calls() > 0 {
                return Err(format!("{} calls of objects inside the lease", memory.calls()).into());
            }
            let quick = batches.get(batches.len() / 10).copied().unwrap_or_default();
            let each = quick.as_secs_f64() * 1e6 / f64::from(BATCH);
            let share = 100.0 * f64::from(signed) / f64::from(BATCHES * BATCH);
            writeln!(out, "{accounts:>11}{sessions:>19}{each:>19.2}{share:>30.2} %")?;
        }
    }
    writeln!(out, "no object was called")?;
    Ok(())
}
