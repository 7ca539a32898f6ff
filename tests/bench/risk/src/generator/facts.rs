//! What is published of a real login stream of 31 million events (das-group/rba-dataset, CC BY 4.0,
//! doi:10.1145/3546069), as figures, and beside them what is not and had to be assumed. Frozen: no model is tuned by
//! turning these.

/// The period, in days: February 2020 to February 2021.
pub const DAYS: f64 = 391.0;
/// How many real customers the published sharing of addresses is for.
pub const CUSTOMERS: f64 = 4_304_857.0;

/// Logins per customer: the share of customers with more than so many. Between them it runs straight on log-log paper.
pub const LOGINS: [(f64, f64); 7] =
    [(0.603, 1.5), (0.48, 2.5), (0.10, 9.5), (0.01, 28.5), (1e-4, 300.0), (1e-6, 3_000.0), (2.3e-7, 5_972.0)];

/// Countries: the share of all events, and how many of them succeeded. The product is where customers live.
pub const COUNTRIES: [(&str, f64, f64); 15] = [
    ("NO", 0.423, 0.6548),
    ("US", 0.278, 0.2559),
    ("RU", 0.054, 0.0062),
    ("BR", 0.038, 0.3159),
    ("DE", 0.029, 0.1523),
    ("PL", 0.03, 0.4072),
    ("IN", 0.0153, 0.2813),
    ("UA", 0.0142, 0.3052),
    ("AU", 0.0141, 0.2484),
    ("GB", 0.0139, 0.5164),
    // The rate of these is not published: that of a middling country.
    ("ID", 0.0098, 0.3),
    ("FR", 0.0061, 0.3),
    ("NL", 0.0054, 0.3),
    ("CA", 0.0051, 0.3),
    ("IT", 0.0051, 0.3),
];

/// The shares of the largest Norwegian networks among all events. Elsewhere the same shares stand for unnamed ones.
pub const NETWORKS: [f64; 7] = [0.2708, 0.0474, 0.044, 0.0288, 0.028, 0.0128, 0.0126];

/// Addresses that 10 to 99, 100 to 999 and more than 1,000 customers share.
pub const SHARED: [f64; 3] = [49_009.0, 9_221.0, 1_071.0];
/// Customers at one of them, in the middle of its class: the last by the published mean and maximum.
pub const SHARERS: [f64; 3] = [25.0, 250.0, 2_500.0];

/// Mobile, desktop, tablet: events.
pub const DEVICES: [f64; 3] = [19.64, 7.93, 0.8];
/// Browser families: Chrome, Android, Firefox, Opera, Edge and what is left.
pub const BROWSERS: [f64; 6] = [0.6313, 0.1123, 0.0929, 0.0562, 0.0078, 0.0995];
/// Systems of phones and tablets: iOS, Android.
pub const MOBILE_SYSTEMS: [f64; 2] = [0.3536, 0.2816];
/// Systems of desktops: macOS, ChromeOS, Windows, others.
pub const DESKTOP_SYSTEMS: [f64; 4] = [0.2085, 0.0335, 0.0182, 0.0792];
/// The share of legitimate logins whose user agent is new to the account.
pub const NEW_AGENTS: f64 = 0.52;

/// Events by hour: as published from 0 to 9 UTC; from there on assumed, a long day and a slow end.
pub const HOURS: [f64; 24] = [
    1908., 2366., 2753., 3086., 3774., 4658., 6202., 7103., 7721., 7902., 8000., 8000., 8000., 8000., 8000., 8000.,
    8000., 8000., 7900., 7600., 6900., 5600., 4000., 2700.,
];
/// Events by weekday, Monday first.
pub const WEEKDAYS: [f64; 7] = [21_257., 21_758., 21_156., 20_950., 19_977., 17_656., 18_387.];

/// How often an attacker's attempt agrees with the victim's country.
pub const NAIVE_SAME_COUNTRY: f64 = 0.531;
/// The same for one who copies network and user agent.
pub const TARGETED_SAME_COUNTRY: f64 = 0.974;
/// The share of the known account takeovers that came from the victim's own private network.
pub const TAKEOVER_FROM_INSIDE: f64 = 39.0 / 141.0;
/// Where the other takeovers came from.
pub const TAKEOVER_COUNTRIES: [f64; 10] = [79., 10., 9., 9., 9., 7., 5., 3., 3., 3.];
/// The share of takeovers from a desktop.
pub const TAKEOVER_DESKTOP: f64 = 0.851;

/// Assumed, for nothing is published of it: what a customer's life looks like.
pub mod assumed {
    /// How customers move about.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Life {
        /// Its name in reports.
        pub name: &'static str,
        /// Where a phone is at a login: home, carrier, workplace (carrier for who has none), elsewhere in the country, abroad.
        pub phone_at: [f64; 5],
        /// The same for a desktop.
        pub desktop_at: [f64; 5],
        /// Days that a fixed line keeps its address.
        pub address_life: f64,
    }

    /// Phones out and about, behind their carriers' gateways: two logins of five from an address the account knows.
    pub const ROAMING: Life = Life {
        name: "roaming",
        phone_at: [0.40, 0.45, 0.10, 0.03, 0.02],
        desktop_at: [0.62, 0.04, 0.30, 0.02, 0.02],
        address_life: 90.0,
    };
    /// Customers who log in where they live. Put beside the first when the published model fell far short of its published
    /// curve on that one; on this it comes nearer, and is still well short of it.
    pub const SETTLED: Life = Life {
        name: "settled",
        phone_at: [0.82, 0.06, 0.10, 0.01, 0.01],
        desktop_at: [0.83, 0.0, 0.15, 0.01, 0.01],
        address_life: 250.0,
    };
    /// Days between a browser's versions, by family, and until an average device has the new one.
    pub const RELEASES: [f64; 6] = [42.0, 42.0, 28.0, 42.0, 42.0, 60.0];
    /// The lag of an average device, in days.
    pub const LAG: f64 = 10.0;
    /// Days between versions of a system.
    pub const SYSTEM_RELEASE: f64 = 120.0;
    /// Devices that are never brought up to date.
    pub const FROZEN: f64 = 0.1;
    /// The chance at a login that something else in the string has changed; set so that [`super::NEW_AGENTS`] is met.
    pub const OTHER_CHANGE: f64 = 0.02;
    /// The chance that the next address is in the same /24.
    pub const SAME_PREFIX: f64 = 0.5;
    /// Days that a device lives.
    pub const DEVICE_LIFE: f64 = 900.0;
    /// The mean of the devices beyond the first.
    pub const MORE_DEVICES: f64 = 0.6;
    /// The share of customers with a shared workplace address.
    pub const WORKPLACE: f64 = 0.6;
    /// Cities of a country, their sizes falling as 1/rank; a carrier's addresses are told to be in two of them.
    pub const CITIES: u32 = 20;
    /// Carriers of a country and their shares.
    pub const CARRIERS: [f64; 3] = [0.5, 0.3, 0.2];
    /// The share of a customer's logins at the customer's own hours, the others being at anybody's.
    pub const OWN_HOURS: f64 = 0.7;
    /// The width of the own hours, in hours (standard deviation).
    pub const OWN_WIDTH: f64 = 2.0;
}
