//! The demo broker's origin: what a brokerage's own application looks like from behind Sekisho.
//!
//! It trusts one header, `Sekisho-Assertion`, and nothing else about who is asking. Passwords of customers who came
//! through Sekisho, session cookies and passkeys must never enter here: they belong to the edge. The only passwords
//! kept are those of the customers from before the edge, who are verified by [`internal`] until the edge adopts them.
//!
//! Life of a request: [`router`] → [`assertion::guard`] (a valid statement, or 401) → [`pages`], [`api`] or
//! [`assets`]. The edge's own calls take the other door, [`internal`], with a bearer token each.

pub mod api;
pub mod assertion;
pub mod assets;
pub mod internal;
pub mod pages;
pub mod problem;
pub mod settings;
pub mod store;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;

use assertion::Keys;
use settings::Settings;
use store::Store;

/// Where the time comes from: milliseconds since the epoch, asked once per request.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Everything a handler may reach.
pub struct Origin {
    /// What the operator set.
    pub settings: Settings,
    /// The broker's own records.
    pub store: Store,
    /// The edge's public keys.
    pub keys: Keys,
    /// The statements that were signed for one request alone.
    pub seen: assertion::Seen,
    /// The pages' templates and sentences.
    pub book: pages::Book,
    /// The files the pages are made of.
    pub files: assets::Files,
    clock: Clock,
}

impl Origin {
    /// Puts the origin together over an open `store`.
    ///
    /// # Errors
    /// When a page template or the string table does not parse, or the JWKS address or its certificate is unusable.
    pub fn new(settings: Settings, store: Store, clock: Clock) -> Result<Arc<Self>, StartError> {
        let files = assets::Files::new();
        let book = pages::Book::new(&settings, &files)?;
        let keys = Keys::new(&settings)?;
        Ok(Arc::new(Self { settings, store, keys, seen: assertion::Seen::default(), book, files, clock }))
    }

    /// Now, in milliseconds since the epoch.
    pub fn now(&self) -> u64 {
        (self.clock)()
    }
}

/// Why the origin cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A template or the string table is faulty.
    #[error("the pages are faulty: {0}")]
    Pages(String),
    /// The certificate named for the JWKS fetch cannot be used.
    #[error("SEKISHO_JWKS_CA: {0}")]
    Certificate(String),
    /// The records cannot be opened or seeded.
    #[error("the records cannot be opened: {0}")]
    Store(#[from] store::StoreError),
}

/// The whole origin as one service.
pub fn router(origin: Arc<Origin>) -> Router {
    let guarded = pages::routes()
        .merge(api::routes())
        .merge(assets::routes(&origin.settings))
        .fallback(pages::not_found)
        .method_not_allowed_fallback(pages::method_not_allowed)
        .layer(CatchPanicLayer::custom(pages::panicked))
        .layer(from_fn_with_state(Arc::clone(&origin), pages::explain_faults))
        .layer(from_fn_with_state(Arc::clone(&origin), assertion::guard));
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .nest("/internal", internal::routes(Arc::clone(&origin)))
        .fallback_service(guarded.with_state(Arc::clone(&origin)))
        .with_state(origin)
}
