//! What a request shows, and what that says of who is behind it. What must never enter: a verdict by user agent alone, a
//! refusal by score, anything learned from attacks.

mod evidence;
mod features;
mod habits;
mod model;

pub use evidence::{Device, Evidence, Population};
pub use features::{Feature, Features, PerFeature};
pub use habits::Habits;
pub use model::score;

/// A coarse name of the client for the customer's own history: browser family and system, no version.
///
/// ```
/// let agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1";
/// assert_eq!(sekisho_edge::risk::client_name(agent), "Safari / iPhone");
/// assert_eq!(sekisho_edge::risk::client_name(""), "? / ?");
/// ```
pub fn client_name(user_agent: &str) -> String {
    // The order matters: most browsers also claim to be their ancestors.
    const FAMILIES: [(&str, &str); 7] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    ];
    let find = |table: &[(&str, &'static str)]| {
        table.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    let family = find(&FAMILIES).or_else(|| user_agent.contains("Safari/").then_some("Safari"));
    format!("{} / {}", family.unwrap_or("?"), find(&SYSTEMS).unwrap_or("?"))
}
