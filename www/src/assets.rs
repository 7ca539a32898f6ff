//! Files the pages are made of: our own from inside the binary, the npm package from its folder.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use rust_embed::RustEmbed;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::Origin;
use crate::problem::Problem;
use crate::settings::Settings;

#[derive(RustEmbed)]
#[folder = "pages/"]
struct Embedded;

/// Our own files, and the mark of their present state.
pub struct Files {
    mark: String,
    // Read once at the start, by exact name: what is served always is what the mark was taken of.
    served: BTreeMap<String, (&'static str, Cow<'static, [u8]>)>,
}

impl Files {
    /// Takes the mark of all files together: it stands in their addresses, so that a browser may keep them for ever.
    pub(crate) fn new() -> Self {
        let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
        let mut served = BTreeMap::new();
        for name in Embedded::iter() {
            let Some(file) = Embedded::get(&name) else { continue };
            hash.update(name.as_bytes());
            hash.update(&file.data);
            if let Some(kind) = kind(&name) {
                served.insert(name.into_owned(), (kind, file.data));
            }
        }
        let mark = hash.finish().as_ref().iter().take(6).fold(String::new(), |mut mark, byte| {
            let _ = write!(mark, "{byte:02x}");
            mark
        });
        Self { mark, served }
    }

    /// The path under which our scripts, styles and pictures are served.
    pub fn base(&self) -> String {
        format!("/assets/site/{}", self.mark)
    }

    /// Names of all files in `folder`.
    pub(crate) fn names(folder: &str) -> Vec<String> {
        Embedded::iter().filter(|name| name.starts_with(folder)).map(Cow::into_owned).collect()
    }

    /// The text of the file `name`.
    pub(crate) fn text(name: &str) -> Option<String> {
        String::from_utf8(Embedded::get(name)?.data.into_owned()).ok()
    }
}

/// The paths under `/assets/`.
pub fn routes(settings: &Settings) -> Router<Arc<Origin>> {
    let package = Router::new().fallback_service(ServeDir::new(&settings.assets)).layer(
        // The package's addresses carry no mark of its version, so a browser asks whether they changed.
        SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("public, no-cache")),
    );
    Router::new()
        .route("/assets/site/{mark}/{*name}", get(own))
        .route("/favicon.ico", get(icon))
        .route("/robots.txt", get(|| async { "User-agent: *\nDisallow: /\n" }))
        .nest_service("/assets/sekisho", package)
}

/// The media type of a file that is for the outside; templates and sentences are not.
fn kind(name: &str) -> Option<&'static str> {
    match name.split_once('/')?.0 {
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "img" => Some("image/svg+xml"),
        _ => None,
    }
}

/// For browsers that ask for it without having read a page.
async fn icon(State(origin): State<Arc<Origin>>) -> Redirect {
    Redirect::to(&format!("{}/img/gate.svg", origin.files.base()))
}

async fn own(
    State(origin): State<Arc<Origin>>,
    Path((mark, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let files = &origin.files;
    let (kind, data) = files.served.get(&name).filter(|_| mark == files.mark).ok_or(Problem::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, *kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, data.clone().into_owned()).into_response())
}
