//! What a request shows of where it comes from and with what, read once. Every part may be missing.
//!
//! It travels to the account's object as it is and is kept there only as numbers under that account's own salt and a key of the
//! house: so no address is kept, and whoever has the stores alone cannot tell that two accounts share one.

use super::features::{Feature, Features, PerFeature};
use super::scale::Scale;
use super::signs::{Signs, Spot};
use super::user_agent::UserAgent;
use ring::digest::{Context, SHA256};
use sekisho_rules::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::net::IpAddr;

/// What whoever stands in front of the worker says of the client: the platform itself, or the operator's own proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Platform {
    /// The network address.
    pub address: Option<IpAddr>,
    /// The number of its network.
    pub asn: Option<u32>,
    /// Two letters.
    pub country: Option<String>,
    /// What of the country it is: the second half of an ISO 3166-2 code.
    pub region: Option<String>,
    /// The city's name.
    pub city: Option<String>,
    /// Whole degrees north.
    pub latitude: Option<i16>,
    /// Whole degrees east.
    pub longitude: Option<i16>,
    /// Minutes that the place's clocks are east of UTC.
    pub zone: Option<i32>,
    /// The country's language.
    pub language: Option<String>,
    /// What is spoken, for instance `HTTP/2`.
    pub protocol: Option<String>,
    /// Milliseconds to the client and back.
    pub rtt: Option<u32>,
    /// By which version of TLS, for instance `TLSv1.3`.
    pub tls: Option<String>,
    /// How the client opened the connection: the JA4 of its TLS greeting.
    pub ja4: Option<String>,
}

impl Platform {
    /// Reads what stands in front has written, a JSON object of texts and whole numbers; what cannot be read is not known.
    ///
    /// ```
    /// use sekisho_edge::risk::Platform;
    /// let platform = Platform::read(r#"{"address":"203.0.113.7","asn":2516,"country":"JP","city":"Tokyo"}"#);
    /// assert_eq!(platform.asn, Some(2516));
    /// assert_eq!(Platform::read("no JSON"), Platform::default());
    /// ```
    pub fn read(text: &str) -> Self {
        // Field by field and with the reader that the worker has anyway: one made for this type would be larger than all of it.
        let whole: Value = Some(text)
            .filter(|text| text.len() <= 4_096)
            .and_then(|text| crate::wire::read(text.as_bytes()).ok())
            .unwrap_or_default();
        let text = |name: &str| whole.get(name).and_then(Value::as_str);
        let number = |name: &str| whole.get(name).and_then(Value::as_i64);
        let owned = |name: &str| text(name).map(str::to_owned);
        let unsigned = |name: &str| number(name).and_then(|number| u32::try_from(number).ok());
        let degrees = |name: &str| number(name).and_then(|number| i16::try_from(number).ok());
        Self {
            address: text("address").and_then(|text| text.parse().ok()),
            asn: unsigned("asn"),
            country: owned("country"),
            region: owned("region"),
            city: owned("city"),
            latitude: degrees("latitude"),
            longitude: degrees("longitude"),
            zone: number("zone").and_then(|number| i32::try_from(number).ok()),
            language: owned("language"),
            protocol: owned("protocol"),
            rtt: unsigned("rtt"),
            tls: owned("tls"),
            ja4: owned("ja4"),
        }
    }

    /// The place, as coarsely as customers are told: a country, and in Japan the prefecture; ISO 3166 codes, empty where none is
    /// known.
    ///
    /// ```
    /// use sekisho_edge::risk::Platform;
    /// let place = |json| Platform::read(json).place();
    /// assert_eq!(place(r#"{"country":"JP","region":"13"}"#), "JP-13");
    /// assert_eq!(place(r#"{"country":"RO","region":"B"}"#), "RO");
    /// assert_eq!(place(r#"{"country":"T1"}"#), "");
    /// ```
    pub fn place(&self) -> String {
        let country =
            self.country.as_deref().filter(|code| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()));
        let region = self.region.as_deref().filter(|code| code.len() == 2 && code.bytes().all(|b| b.is_ascii_digit()));
        match (country, region) {
            (Some("JP"), Some(region)) => ["JP-", region].concat(),
            // What Cloudflare says where it does not know.
            (None | Some("XX"), _) => String::new(),
            (Some(country), _) => country.to_owned(),
        }
    }
}

/// What one request shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    address: Option<IpAddr>,
    asn: Option<u32>,
    country: Option<String>,
    city: Option<String>,
    /// Browser and system with their versions, then without, then the kind of device.
    client: [String; 3],
    /// The versions of browser and system, as [`Features`] has them.
    #[serde(default)]
    versions: u32,
    /// The device's cookie.
    device: Option<[u8; 16]>,
    /// Whether passwords are being sprayed from its neighbourhood, or nobody can tell.
    #[serde(default)]
    pub sprayed: bool,
    /// What it is measured by, looked up where it came in.
    #[serde(default)]
    pub scale: Scale,
    /// What in it does not fit together.
    #[serde(default)]
    pub signs: Signs,
    /// Where it is on the globe, to the degree.
    #[serde(default)]
    spot: Option<Spot>,
    /// The JA4 of its greeting.
    #[serde(default)]
    ja4: Option<String>,
    /// How many accounts have been logged in to from its device.
    #[serde(default)]
    pub accounts: u8,
}

impl Fingerprint {
    /// Puts together what is known of a request.
    pub fn new(platform: Platform, agent: &UserAgent, device: Option<[u8; 16]>) -> Self {
        let Platform { address, asn, country, city, ja4, .. } = platform;
        let spot = platform.latitude.zip(platform.longitude).and_then(|(north, east)| Spot::of(north, east));
        // A proxy on a socket for both kinds writes IPv4 as IPv6; all of it would be one neighbourhood.
        let address = address.map(|address| address.to_canonical());
        let stem = format!("{} {}", agent.family, agent.system);
        let whole = format!("{stem} {} {}", agent.major, agent.system_major);
        let client = [whole, stem, agent.kind.name().to_owned()];
        let versions = u32::from(agent.major) << 16 | u32::from(agent.system_major);
        Self { address, asn, country, city, client, versions, device, spot, ja4, ..Self::default() }
    }

    /// The same as numbers under an account's salt. The hour is Japan's.
    pub fn features(&self, salt: &[u8], now: Timestamp) -> Features {
        let asn = self.asn.map(u32::to_be_bytes);
        let network: Option<[&[u8]; 2]> =
            asn.as_ref().zip(self.country.as_ref()).map(|(asn, country)| [asn.as_slice(), country.as_bytes()]);
        let number = |feature: Feature, parts: &[&[u8]]| numbered(salt, &[&[feature as u8]], parts);
        let address = self.address.map(|address| (one_line(address), if address.is_ipv4() { 3 } else { 6 }));
        let [agent, stem, kind] = &self.client;
        let values = PerFeature::new(|feature| match feature {
            Feature::Address => address.as_ref().map_or(0, |(whole, _)| number(feature, &[whole])),
            Feature::Prefix => {
                address.as_ref().map_or(0, |(whole, part)| number(feature, &[whole.get(..*part).unwrap_or_default()]))
            }
            Feature::Site => network
                .zip(self.city.as_ref())
                .map_or(0, |([asn, country], city)| number(feature, &[asn, country, city.as_bytes()])),
            Feature::Network => network.map_or(0, |parts| number(feature, &parts)),
            Feature::Country => self.country.as_ref().map_or(0, |country| number(feature, &[country.as_bytes()])),
            Feature::Agent => number(feature, &[agent.as_bytes()]),
            Feature::Stem => number(feature, &[stem.as_bytes()]),
            Feature::Kind => number(feature, &[kind.as_bytes()]),
        });
        let hour = (now.as_millis() / 3_600_000 + 9) % 24;
        let device = self.device.map(|device| numbered(salt, &[b"device"], &[&device]));
        // Of TCP and of QUIC, by its first letter, a browser has a greeting each.
        let greeting = self.ja4.as_deref().map(str::as_bytes).and_then(|ja4| {
            let of = [agent.as_bytes(), ja4.get(..1)?];
            Some([numbered(salt, &[b"greeted"], &of), numbered(salt, &[b"greeting"], &[agent.as_bytes(), ja4])])
        });
        Features {
            values,
            versions: self.versions,
            hour: u8::try_from(hour).unwrap_or_default(),
            device,
            sprayed: self.sprayed,
            signs: self.signs,
            spot: self.spot,
            accounts: self.accounts,
            greeting,
        }
    }

    /// The network address.
    pub const fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// The device's number, where the request brought the cookie of one or is given one.
    pub const fn device(&self) -> Option<[u8; 16]> {
        self.device
    }

    /// The neighbourhood in which tries are counted: a /24, or a /56 of IPv6, which is one line's.
    pub fn prefix(&self) -> Option<Vec<u8>> {
        self.address.map(|address| match address {
            IpAddr::V4(four) => four.octets().iter().copied().take(3).collect(),
            IpAddr::V6(six) => six.octets().iter().copied().take(7).collect(),
        })
    }
}

/// What of an address is one line's: all of IPv4, and a /64 of IPv6, of which a household has one or more; the rest of the address
/// changes by itself.
pub(crate) fn one_line(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(four) => four.octets().to_vec(),
        IpAddr::V6(six) => six.octets().iter().copied().take(8).collect(),
    }
}

/// A number below 2^53 and above 0 for `parts`.
fn numbered(salt: &[u8], label: &[&[u8]], parts: &[&[u8]]) -> u64 {
    let mut context = Context::new(&SHA256);
    for part in [&[salt], label, parts].into_iter().flatten() {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let digest = context.finish();
    let first = digest.as_ref().first_chunk().copied().unwrap_or([0; 8]);
    u64::from_be_bytes(first) >> 11 | 1
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_323_900_000);

    fn features(json: &str, salt: &[u8]) -> Features {
        Fingerprint::new(Platform::read(json), &UserAgent::parse(""), None).features(salt, NOW)
    }

    #[test]
    fn neighbours_share_what_is_coarser() {
        let one = features(r#"{"address":"203.0.113.7","asn":1,"country":"JP","city":"Tokyo"}"#, b"salt");
        let two = features(r#"{"address":"203.0.113.8","asn":1,"country":"JP","city":"Osaka"}"#, b"salt");
        let same = |feature| one.values.of(feature) == two.values.of(feature);
        assert!(!same(Feature::Address) && same(Feature::Prefix) && !same(Feature::Site) && same(Feature::Network));
        let home = features(r#"{"address":"2001:db8::1"}"#, b"salt").values;
        let later = features(r#"{"address":"2001:db8::ffff:2"}"#, b"salt").values;
        assert_eq!(home.of(Feature::Address), later.of(Feature::Address));
    }

    #[test]
    fn ipv4_is_ipv4_however_it_is_written() {
        let plain = features(r#"{"address":"203.0.113.7"}"#, b"salt").values;
        assert_eq!(plain, features(r#"{"address":"::ffff:203.0.113.7"}"#, b"salt").values);
        let mapped = Platform::read(r#"{"address":"::ffff:203.0.113.7"}"#);
        assert_eq!(Fingerprint::new(mapped, &UserAgent::parse(""), None).prefix(), Some(vec![203, 0, 113]));
    }

    #[test]
    fn what_cannot_be_read_hides_nothing_else() {
        let odd = r#"{"address":"here","asn":-1,"country":"JP","latitude":40000,"rtt":1.5,"zone":"9","more":[]}"#;
        let platform = Platform { country: Some("JP".into()), ..Platform::default() };
        assert_eq!(Platform::read(odd), platform);
        for none in ["[]", "null", "\"JP\"", &" ".repeat(4_097)] {
            assert_eq!(Platform::read(none), Platform::default());
        }
    }

    #[test]
    fn what_is_not_shown_is_nothing() {
        let none = features("{}", b"salt").values;
        for feature in [Feature::Address, Feature::Prefix, Feature::Site, Feature::Network, Feature::Country] {
            assert_eq!(none.of(feature), 0);
        }
    }

    #[test]
    fn two_accounts_have_no_number_in_common() {
        let text = r#"{"address":"203.0.113.7","asn":1,"country":"JP","city":"Tokyo"}"#;
        let (one, two) = (features(text, b"one").values, features(text, b"two").values);
        assert!(
            Feature::ALL.into_iter().all(|feature| one.of(feature) != two.of(feature) && one.of(feature) < 1 << 53)
        );
    }

    #[test]
    fn the_hour_is_japans() {
        assert_eq!(features("{}", b"").hour, 14);
    }
}
