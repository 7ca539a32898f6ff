//! The whole table of our own routes, one match; what every request to them must be is checked here once.

mod answer;

pub(crate) use answer::{Answer, No, append, json, set, text};

use crate::House;
use crate::bound::Absent;
use crate::gate::{Cookie, Packed};
use crate::host::Host;
use crate::keys::DeviceCookie;
use crate::possession::{self, Brought, token_of};
use crate::{crossing, endpoints};
use http::{HeaderValue, Method, Request, Response, header};
use rand_core::CryptoRng;
use sekisho_rules::{Refusal, Timestamp};

/// One of our own endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// What pages may know of the site.
    Site,
    /// Is anybody there?
    Health,
    /// The public keys of the statement.
    Jwks,
    /// Leads to the page where the password is changed.
    ChangePasswordPage,
    /// Where passkeys are made and managed.
    PasskeyEndpoints,
    /// Which origins may use the passkeys.
    RelatedOrigins,
    /// Opens an account.
    Open,
    /// What a browser needs to seal a password.
    Attempt,
    /// Signs in by password.
    Login,
    /// The code that follows the password.
    LoginCode,
    /// Another code.
    LoginCodeResend,
    /// A code to the customer's address, to confirm it.
    AddressBegin,
    /// Confirms the address.
    AddressConfirm,
    /// The customer is asked for an address later.
    AddressLater,
    /// Takes the confirmed mobile number back.
    AddressRemove,
    /// Stops a change of the address.
    AddressStop,
    /// Sets a new password.
    ChangePassword,
    /// Logs out.
    Logout,
    /// Locks the account.
    Lock,
    /// Begins to carry a session on at this of the site's origins.
    Cross,
    /// Makes the code for it.
    CrossLeave,
    /// Takes it.
    CrossArrive,
    /// Exchanges the cookie for a token, for an app's own key.
    Token,
    /// How long the session lasts; never extends it.
    Session,
    /// A customer's request that does nothing else.
    Extend,
    /// Lists the account's live sessions.
    Sessions,
    /// Ends another session, or all others.
    EndSessions,
    /// Who this is.
    Me,
    /// The login history.
    History,
    /// Begins a sign-in by passkey.
    PasskeyLoginBegin,
    /// Finishes it.
    PasskeyLoginFinish,
    /// Begins a registration.
    PasskeyRegisterBegin,
    /// Finishes it.
    PasskeyRegisterFinish,
    /// Begins a fresh proof by passkey within a session.
    PasskeyStepUpBegin,
    /// Finishes it.
    PasskeyStepUpFinish,
    /// Begins the confirmation of one operation by passkey.
    PasskeyConfirmBegin,
    /// Finishes it.
    PasskeyConfirmFinish,
    /// Lists the passkeys.
    Passkeys,
    /// The picture of an authenticator model.
    PasskeyIcon,
    /// Renames one.
    PasskeyRename,
    /// Removes one.
    PasskeyDelete,
    /// Turns password logins off or on.
    PasskeyOnly,
    /// Imports names of customers whose password the origin holds.
    Import,
    /// Staff ends every session of a customer.
    EndSessionsOf,
    /// Shows a form that waits for a proof.
    Parked,
    /// Sends it on.
    SendParked,
    /// Lets passwords in again where something holds them.
    Release,
    /// Invites a member of staff.
    InviteStaff,
    /// Whether a customer's account was touched from an address.
    Accesses,
    /// Binds the session to a key of the browser's.
    BoundRegister,
    /// Renews the bound cookie for a signature.
    BoundRefresh,
}

/// Every route: its method and path.
pub const ROUTES: [(Method, &str, Route); 51] = [
    (Method::GET, "/.sekisho/site", Route::Site),
    (Method::GET, "/.sekisho/health", Route::Health),
    (Method::GET, "/.well-known/jwks.json", Route::Jwks),
    (Method::GET, "/.well-known/change-password", Route::ChangePasswordPage),
    (Method::GET, "/.well-known/passkey-endpoints", Route::PasskeyEndpoints),
    (Method::GET, "/.well-known/webauthn", Route::RelatedOrigins),
    (Method::POST, "/.sekisho/open", Route::Open),
    (Method::POST, "/.sekisho/attempt", Route::Attempt),
    (Method::POST, "/.sekisho/login", Route::Login),
    (Method::POST, "/.sekisho/login/code", Route::LoginCode),
    (Method::POST, "/.sekisho/login/code/resend", Route::LoginCodeResend),
    (Method::POST, "/.sekisho/address/begin", Route::AddressBegin),
    (Method::POST, "/.sekisho/address/confirm", Route::AddressConfirm),
    (Method::POST, "/.sekisho/address/later", Route::AddressLater),
    (Method::POST, "/.sekisho/address/remove", Route::AddressRemove),
    (Method::POST, "/.sekisho/address/stop", Route::AddressStop),
    (Method::POST, "/.sekisho/password/change", Route::ChangePassword),
    (Method::POST, "/.sekisho/logout", Route::Logout),
    (Method::POST, "/.sekisho/lock", Route::Lock),
    (Method::GET, "/.sekisho/cross", Route::Cross),
    (Method::GET, "/.sekisho/cross/leave", Route::CrossLeave),
    (Method::GET, "/.sekisho/cross/arrive", Route::CrossArrive),
    (Method::POST, "/.sekisho/token", Route::Token),
    (Method::GET, "/.sekisho/session", Route::Session),
    (Method::POST, "/.sekisho/session/extend", Route::Extend),
    (Method::GET, "/.sekisho/sessions", Route::Sessions),
    (Method::POST, "/.sekisho/sessions/end", Route::EndSessions),
    (Method::GET, "/.sekisho/me", Route::Me),
    (Method::GET, "/.sekisho/history", Route::History),
    (Method::POST, "/.sekisho/passkey/login/begin", Route::PasskeyLoginBegin),
    (Method::POST, "/.sekisho/passkey/login/finish", Route::PasskeyLoginFinish),
    (Method::POST, "/.sekisho/passkey/register/begin", Route::PasskeyRegisterBegin),
    (Method::POST, "/.sekisho/passkey/register/finish", Route::PasskeyRegisterFinish),
    (Method::POST, "/.sekisho/passkey/step-up/begin", Route::PasskeyStepUpBegin),
    (Method::POST, "/.sekisho/passkey/step-up/finish", Route::PasskeyStepUpFinish),
    (Method::POST, "/.sekisho/passkey/confirm/begin", Route::PasskeyConfirmBegin),
    (Method::POST, "/.sekisho/passkey/confirm/finish", Route::PasskeyConfirmFinish),
    (Method::GET, "/.sekisho/passkeys", Route::Passkeys),
    (Method::GET, "/.sekisho/passkeys/icon", Route::PasskeyIcon),
    (Method::POST, "/.sekisho/passkeys/rename", Route::PasskeyRename),
    (Method::POST, "/.sekisho/passkeys/delete", Route::PasskeyDelete),
    (Method::POST, "/.sekisho/passkeys/only", Route::PasskeyOnly),
    (Method::POST, "/.sekisho/ops/import", Route::Import),
    (Method::POST, "/.sekisho/ops/sessions/end", Route::EndSessionsOf),
    (Method::GET, "/.sekisho/parked", Route::Parked),
    (Method::POST, "/.sekisho/parked/send", Route::SendParked),
    (Method::POST, "/.sekisho/ops/release", Route::Release),
    (Method::POST, "/.sekisho/ops/staff/invite", Route::InviteStaff),
    (Method::POST, "/.sekisho/bound/register", Route::BoundRegister),
    (Method::POST, "/.sekisho/bound/refresh", Route::BoundRefresh),
    (Method::POST, "/.sekisho/ops/accesses", Route::Accesses),
];

/// A request to one of our endpoints, as its handler sees it.
pub(crate) struct Asked<'a, H> {
    pub house: &'a House,
    pub host: &'a H,
    pub now: Timestamp,
    pub request: &'a Request<Vec<u8>>,
    /// The browser as we know it again; one that was never here has a number now, which it learns when a login succeeds.
    pub device: DeviceCookie,
    /// The session that it brings, or why it has none.
    pub session: Result<Cookie, Absent>,
    /// The token by which it brings it, where it is an app's.
    pub token: Option<&'a str>,
    /// Under which number the log tells of it.
    pub reference: String,
}

impl House {
    /// Answers a request to one of our own routes.
    pub async fn answer<H: Host, R: CryptoRng>(
        &self,
        host: &H,
        now: Timestamp,
        rng: &mut R,
        request: Request<Vec<u8>>,
    ) -> Response<Vec<u8>> {
        let cookies = text(request.headers(), "cookie");
        let device = DeviceCookie::find(cookies, &self.keys).unwrap_or_else(|| DeviceCookie::new(rng));
        let token = token_of(text(request.headers(), "authorization"));
        let (session, reference) = (Err(Absent::None), self.reference(now));
        let mut asked = Asked { house: self, host, now, request: &request, device, session, token, reference };
        let staffs = request.uri().authority().is_some_and(|authority| self.is_staffs(authority.as_str()));
        let answer = match asked.route() {
            _ if staffs => endpoints::staff(&asked, rng).await,
            Ok(route) => {
                let shown = asked.shown();
                asked.session = match asked.token {
                    Some(text) => {
                        let brought = Brought {
                            method: request.method().as_str(),
                            entrance: asked.entrance(),
                            path: request.uri().path(),
                            proof: asked.header("dpop"),
                            background: route != Route::Extend || asked.is_background(),
                        };
                        self.possessed(host, now, text, &brought).await.map_err(Absent::from)
                    }
                    None => self.asking(host, now, (cookies, asked.entrance(), &shown), route.is_bare()).await,
                };
                asked.dispatch(route, rng).await
            }
            Err(no) => Err(no),
        };
        let (path, reference) = (request.uri().path(), &asked.reference);
        if let (true, Ok(answered)) = (self.config.log_all, &answer) {
            let channel = asked.channel().filter(|_| !staffs).map_or("", |channel| &channel.name);
            self.note_answer(reference, (path, answered.status().as_str()), channel);
        }
        let mut response = answer.unwrap_or_else(|no| {
            no.cause.iter().for_each(|cause| host.fault(reference, cause));
            // What is no endpoint's may be anything.
            let found = staffs && no.refusal != Refusal::NotFound;
            let known = found || ROUTES.iter().any(|(_, known, _)| *known == path);
            self.note(no.refusal, reference, if known { path } else { "" });
            // Of a cookie that is ours only its account says this.
            if let (Some(standing), Some(cookie)) = (no.over, asked.any_cookie()) {
                self.is_over(cookie.key(), standing, now);
            }
            let navigates = Packed {
                accept: asked.header("accept"),
                fetch_mode: asked.header("sec-fetch-mode"),
                ..Packed::default()
            };
            let mut response = self.refused(&no, (reference, navigates.is_navigation()), now);
            if let Some(challenge) = token.and_then(|_| possession::challenge(no.refusal)) {
                set(response.headers_mut(), "www-authenticate", challenge);
            }
            response
        });
        let headers = response.headers_mut();
        let staffs =
            self.staff.as_ref().filter(|_| staffs).map(|door| ("content-security-policy", door.policy.as_str()));
        let every = self.config.headers.every.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in staffs.into_iter().chain(every) {
            // A page of ours has a policy of its own.
            if !headers.contains_key(name.trim_start_matches('*')) {
                set(headers, name, value);
            }
        }
        if !headers.contains_key(header::CACHE_CONTROL) {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        response
    }
}

impl<H: Host> Asked<'_, H> {
    /// The route of the request, once method, origin, type and length are as every route wants them.
    fn route(&self) -> Result<Route, No> {
        let path = self.request.uri().path();
        let mut known = ROUTES.iter().filter(|(_, known, _)| *known == path).peekable();
        known.peek().ok_or(Refusal::NotFound)?;
        let Some((method, _, route)) = known.find(|(method, _, _)| method == self.request.method()) else {
            return Err(Refusal::MethodNotAllowed.into());
        };
        // What a browser does by itself names no page that had it done; it proves itself by what it signs.
        if method == Method::GET || matches!(route, Route::BoundRegister | Route::BoundRefresh) {
            return Ok(*route);
        }
        use Route::{Accesses, EndSessionsOf, Import, InviteStaff, Release};
        let by_token = matches!(route, Import | EndSessionsOf | Release | Accesses | InviteStaff);
        let own = self.house.config.origin_of(self.entrance());
        let sent = if by_token { self.checked_body() } else { self.checked_post(own) };
        sent.map(|()| *route)
    }

    /// Sees to it that a page of `origin` sends what every route wants.
    pub fn checked_post(&self, origin: &str) -> Result<(), No> {
        if self.is_from(origin) { self.checked_body() } else { Err(Refusal::CrossSite.into()) }
    }

    fn checked_body(&self) -> Result<(), No> {
        let kind = self.header(header::CONTENT_TYPE.as_str()).split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            return Err(Refusal::UnsupportedMediaType.into());
        }
        if self.request.body().len() > self.house.config.limits.body {
            return Err(Refusal::TooLarge.into());
        }
        Ok(())
    }

    async fn dispatch<R: CryptoRng>(&self, route: Route, rng: &mut R) -> Answer {
        match route {
            Route::Site => endpoints::site(self),
            Route::Health => json(&serde_json::json!({ "status": "ok" })),
            Route::Jwks => endpoints::jwks(self),
            Route::ChangePasswordPage => endpoints::change_password_page(self),
            Route::PasskeyEndpoints => endpoints::passkey_endpoints(self),
            Route::RelatedOrigins => endpoints::related_origins(self),
            Route::Open => endpoints::open(self, rng).await,
            Route::Attempt => endpoints::attempt(self, rng),
            Route::Login => endpoints::login(self).await,
            Route::LoginCode => endpoints::login_code(self).await,
            Route::LoginCodeResend => endpoints::login_code_resend(self).await,
            Route::AddressBegin => endpoints::address_begin(self).await,
            Route::AddressConfirm => endpoints::address_confirm(self).await,
            Route::AddressLater => endpoints::address_later(self).await,
            Route::AddressRemove => endpoints::address_remove(self).await,
            Route::AddressStop => endpoints::address_stop(self).await,
            Route::ChangePassword => endpoints::change_password(self).await,
            Route::Logout => endpoints::logout(self).await,
            Route::Lock => endpoints::lock(self).await,
            Route::Cross => crossing::begin(self, rng).await,
            Route::CrossLeave => crossing::leave(self).await,
            Route::CrossArrive => crossing::arrive(self).await,
            Route::Token => possession::exchange(self).await,
            Route::Session => endpoints::session(self, true).await,
            Route::Extend => endpoints::session(self, self.is_background()).await,
            Route::Sessions => endpoints::sessions(self).await,
            Route::EndSessions => endpoints::end_sessions(self).await,
            Route::Me => endpoints::me(self).await,
            Route::History => endpoints::history(self).await,
            Route::PasskeyLoginBegin => endpoints::passkey_login_begin(self, rng).await,
            Route::PasskeyLoginFinish => endpoints::passkey_login_finish(self).await,
            Route::PasskeyRegisterBegin => endpoints::passkey_register_begin(self, rng).await,
            Route::PasskeyRegisterFinish => endpoints::passkey_register_finish(self).await,
            Route::PasskeyStepUpBegin => endpoints::passkey_step_up_begin(self, rng).await,
            Route::PasskeyStepUpFinish => endpoints::passkey_step_up_finish(self).await,
            Route::PasskeyConfirmBegin => endpoints::passkey_confirm_begin(self, rng).await,
            Route::PasskeyConfirmFinish => endpoints::passkey_confirm_finish(self).await,
            Route::Passkeys => endpoints::passkeys(self).await,
            Route::PasskeyIcon => endpoints::passkey_icon(self),
            Route::PasskeyRename => endpoints::passkey_rename(self).await,
            Route::PasskeyDelete => endpoints::passkey_delete(self).await,
            Route::PasskeyOnly => endpoints::passkey_only(self).await,
            Route::Import => endpoints::import(self).await,
            Route::EndSessionsOf => endpoints::end_sessions_of(self).await,
            Route::Parked => endpoints::parked(self).await,
            // The form's own press never comes here: the gate sends it on. What does is no form.
            Route::SendParked => Err(Refusal::UnsupportedMediaType.into()),
            Route::Release => endpoints::release(self).await,
            Route::InviteStaff => endpoints::invite_staff(self, rng).await,
            Route::BoundRegister => endpoints::bound_register(self).await,
            Route::BoundRefresh => endpoints::bound_refresh(self, rng).await,
            Route::Accesses => endpoints::accesses(self).await,
        }
    }

    /// Whether a page of this very origin made the request: Fetch Metadata where the browser sends it, else Origin, else the
    /// session's token.
    fn is_from(&self, origin: &str) -> bool {
        match (self.header("sec-fetch-site"), self.header("origin")) {
            // A customer's token is none of staff's.
            ("", "") if origin == self.config().origin_of(self.entrance()) => {
                let cookie = self.house.cookie(self.header("cookie"), self.entrance());
                cookie.is_some_and(|cookie| cookie.has_csrf(self.header("sekisho-csrf"), &self.house.keys))
            }
            ("", found) => found == origin,
            (site, _) => site == "same-origin",
        }
    }
}
