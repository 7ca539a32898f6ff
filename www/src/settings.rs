//! What the operator sets, read from the environment once, all complaints at once.

use std::net::SocketAddr;
use std::path::PathBuf;

/// The origin's settings.
///
/// | variable | meaning |
/// |---|---|
/// | `SEKISHO_WWW_LISTEN` | address and port, for instance `127.0.0.1:8788` |
/// | `SEKISHO_WWW_DATA` | folder of the SQLite file; made if absent |
/// | `SEKISHO_WWW_ASSETS` | folder of the unpacked npm package `sekisho` |
/// | `SEKISHO_JWKS_URL` | where the edge publishes its keys |
/// | `SEKISHO_JWKS_CA` | optional: PEM file of the only certificate authority trusted for that address |
/// | `SEKISHO_ISSUER` | the site's origin as customers see it, `iss` of the statements |
/// | `SEKISHO_AUDIENCE` | this origin's name, `aud` of the statements |
/// | `SEKISHO_MAIL_TOKEN` | bearer token of the mail API |
/// | `SEKISHO_ORIGIN_TOKEN` | bearer token of the edge's other internal calls |
#[derive(Clone)]
pub struct Settings {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Folder of the SQLite file.
    pub data: PathBuf,
    /// Folder of the unpacked npm package.
    pub assets: PathBuf,
    /// Where the edge publishes its keys.
    pub jwks_url: String,
    /// PEM text of the certificate authority of that address, where it is not a public one.
    pub jwks_ca: Option<String>,
    /// Expected `iss`.
    pub issuer: String,
    /// Expected `aud`.
    pub audience: String,
    /// Token of the mail API.
    pub mail_token: String,
    /// Token of the other internal calls.
    pub origin_token: String,
}

/// Everything that is wrong with the environment.
#[derive(Debug, thiserror::Error)]
#[error("the environment is not complete:\n{}", .0.iter().map(|line| format!("  - {line}")).collect::<Vec<_>>().join("\n"))]
pub struct SettingsError(pub Vec<String>);

impl Settings {
    /// Reads the settings from `variable`, which answers the value of a name.
    ///
    /// # Errors
    /// When a variable is missing, empty or not of its form; every complaint is listed.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let mut complaints = Vec::new();
        let mut text = |name: &str, what: &str| match variable(name).filter(|value| !value.is_empty()) {
            Some(value) => value,
            None => {
                complaints.push(format!("{name} is missing: {what}"));
                String::new()
            }
        };
        let listen = text("SEKISHO_WWW_LISTEN", "address and port to listen on, for instance 127.0.0.1:8788");
        let data = text("SEKISHO_WWW_DATA", "a folder for the SQLite file");
        let assets = text("SEKISHO_WWW_ASSETS", "the folder of the unpacked npm package sekisho");
        let jwks_url = text("SEKISHO_JWKS_URL", "for instance http://localhost:8787/.well-known/jwks.json");
        let issuer = text("SEKISHO_ISSUER", "the site's origin, for instance http://localhost:8787");
        let audience = text("SEKISHO_AUDIENCE", "this origin's name as the edge's config has it");
        let mail_token = text("SEKISHO_MAIL_TOKEN", "the bearer token of the mail API");
        let origin_token = text("SEKISHO_ORIGIN_TOKEN", "the bearer token of the edge's internal calls");

        let listen = match listen.parse::<SocketAddr>() {
            Ok(address) => Some(address),
            Err(_) if listen.is_empty() => None,
            Err(_) => {
                complaints.push(format!("SEKISHO_WWW_LISTEN is not an address with a port: {listen}"));
                None
            }
        };
        let assets = PathBuf::from(assets);
        if !assets.as_os_str().is_empty() && !assets.is_dir() {
            complaints.push(format!("SEKISHO_WWW_ASSETS is not a folder: {}", assets.display()));
        }
        let jwks_ca = variable("SEKISHO_JWKS_CA").filter(|path| !path.is_empty()).and_then(|path| {
            std::fs::read_to_string(&path)
                .map_err(|error| complaints.push(format!("SEKISHO_JWKS_CA cannot be read ({path}): {error}")))
                .ok()
        });
        match listen {
            Some(listen) if complaints.is_empty() => Ok(Self {
                listen,
                data: PathBuf::from(data),
                assets,
                jwks_url,
                jwks_ca,
                issuer,
                audience,
                mail_token,
                origin_token,
            }),
            _ => Err(SettingsError(complaints)),
        }
    }

    /// The host of the site as a customer reads it in the address bar, with its port where there is one.
    pub fn domain(&self) -> &str {
        self.issuer.split_once("://").map_or(self.issuer.as_str(), |(_, rest)| rest).trim_end_matches('/')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_missing_variable_is_named_at_once() {
        let error = Settings::read(|_| None).err().unwrap();
        assert_eq!(error.0.len(), 8);
        assert!(error.to_string().contains("SEKISHO_ORIGIN_TOKEN"));
    }

    #[test]
    fn a_faulty_address_and_a_missing_folder_are_both_named() {
        let error = Settings::read(|name| {
            Some(String::from(match name {
                "SEKISHO_WWW_LISTEN" => "8788",
                "SEKISHO_WWW_ASSETS" => "/no/such/folder",
                "SEKISHO_JWKS_CA" => "/no/such/file",
                _ => "x",
            }))
        });
        assert_eq!(error.err().unwrap().0.len(), 3);
    }

    #[test]
    fn the_domain_is_the_issuer_without_its_scheme() {
        let settings = Settings::read(|name| {
            Some(String::from(match name {
                "SEKISHO_WWW_LISTEN" => "127.0.0.1:8788",
                "SEKISHO_WWW_ASSETS" => ".",
                "SEKISHO_JWKS_CA" => "",
                "SEKISHO_ISSUER" => "https://www.broker.example",
                _ => "x",
            }))
        });
        assert_eq!(settings.unwrap().domain(), "www.broker.example");
    }
}
