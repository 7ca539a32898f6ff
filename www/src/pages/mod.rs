//! The demo broker's pages, Japanese first: what is rendered here is public or names only what the statement says.
//!
//! Personal data never enters a page's HTML: the scripts ask the edge for it, masked, when the page is open.

mod book;
mod visit;
mod words;

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use minijinja::{Value, context};

pub use book::Book;
pub use visit::Visit;

use crate::Origin;
use crate::problem::Problem;
use crate::store::Mail;

/// How many mails the mailbox shows.
const MAILS: u32 = 50;

/// The pages' paths.
pub fn routes() -> Router<Arc<Origin>> {
    Router::new()
        .route("/", open_to_all("public/top.html"))
        .route("/open", open_to_all("public/open.html"))
        .route("/login", open_to_all("public/login.html"))
        .route("/logged-out", get(logged_out))
        .route("/security", open_to_all("public/security.html"))
        .route("/stop", open_to_all("help/stop.html"))
        .route("/gallery", open_to_all("public/gallery.html"))
        .route("/mailbox", get(mailbox))
        .route("/home", customers_only("customer/home.html"))
        .route("/history", customers_only("customer/history.html"))
        .route("/settings", customers_only("customer/settings.html"))
        .route("/confirm", customers_only("customer/confirm.html"))
        .route("/address", customers_only("customer/address.html"))
}

type Page = axum::routing::MethodRouter<Arc<Origin>>;

fn open_to_all(template: &'static str) -> Page {
    get(move |State(origin): State<Arc<Origin>>, visit: Visit| async move {
        visit.show(&origin, template, StatusCode::OK, Value::UNDEFINED)
    })
}

fn customers_only(template: &'static str) -> Page {
    get(move |State(origin): State<Arc<Origin>>, visit: Visit| async move {
        if visit.asker.sub.is_none() {
            return Problem::NoCustomer.into_response();
        }
        visit.show(&origin, template, StatusCode::OK, Value::UNDEFINED)
    })
}

/// Says why the session ended, as the query's `out` names it.
async fn logged_out(State(origin): State<Arc<Origin>>, visit: Visit) -> Response {
    const REASONS: [&str; 6] = ["self", "timeout", "other", "changed", "moved", "locked"];
    let out = REASONS.into_iter().find(|reason| visit.query("out") == Some(reason)).unwrap_or("self");
    visit.show(&origin, "public/logged-out.html", StatusCode::OK, context! { out })
}

async fn mailbox(State(origin): State<Arc<Origin>>, visit: Visit) -> Result<Response, Problem> {
    let mails: Vec<Value> = origin.store.mails(MAILS)?.iter().map(shown).collect();
    Ok(visit.show(&origin, "public/mailbox.html", StatusCode::OK, context! { mails }))
}

/// A mail as the mailbox page shows it: its text form, which every mail has.
fn shown(mail: &Mail) -> Value {
    let to: Vec<&str> = mail.letter.to.iter().map(|to| to.address.as_str()).collect();
    context! {
        id => mail.id,
        at => mail.received_at,
        from => format!("{} <{}>", mail.letter.from.name, mail.letter.from.address),
        to => to.join(", "),
        subject => &mail.letter.subject,
        text => &mail.letter.text,
    }
}

/// The answer where there is nothing: a page for a browser, a problem for a program.
pub async fn not_found(State(origin): State<Arc<Origin>>, visit: Visit) -> Response {
    if !visit.wants_html {
        return Problem::NotFound.into_response();
    }
    visit.show(&origin, "public/not-found.html", StatusCode::NOT_FOUND, Value::UNDEFINED)
}

/// The answer to another method than the path knows.
pub async fn method_not_allowed() -> Problem {
    Problem::MethodNotAllowed
}

/// The answer when a handler of ours panicked; what it said stays in the log.
pub fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    Problem::Fault.into_response()
}

/// Turns a fault of ours into a page where a browser asked; a program keeps the problem.
pub async fn explain_faults(State(origin): State<Arc<Origin>>, visit: Visit, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR || !visit.wants_html {
        return response;
    }
    visit.show(&origin, "public/fault.html", StatusCode::INTERNAL_SERVER_ERROR, Value::UNDEFINED)
}
