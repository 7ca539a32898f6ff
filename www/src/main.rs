//! Starts the demo broker's origin: settings from the environment, one listener, a graceful end.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use sekisho_www::settings::Settings;
use sekisho_www::store::Store;
use sekisho_www::{Origin, router};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("sekisho-www: {reason}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    let settings = Settings::read(|name| std::env::var(name).ok())?;
    let listen = settings.listen;
    let store = Store::open(&settings.data)?;
    let origin = Origin::new(settings, store, Arc::new(system_clock))?;
    let listener = TcpListener::bind(listen).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            format!("{listen} is in use by another program; end that one, or set SEKISHO_WWW_LISTEN to a free port")
        }
        _ => format!("cannot listen on {listen}: {error}"),
    })?;
    let address = listener.local_addr()?;
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    say(&format!("listening on {address}"))?;
    axum::serve(listener, router(origin))
        .with_graceful_shutdown(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
        .await?;
    Ok(())
}

/// The one line that a runner waits for; it must not sit in a buffer.
fn say(line: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

#[allow(clippy::disallowed_methods, reason = "the one place where the origin's time comes from")]
fn system_clock() -> u64 {
    let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
