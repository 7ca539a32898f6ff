//! The marks by which browsers, systems and devices are told, as their vendors document them.

/// How far a browser is from the ones it claims to be: the one highest here is meant. Of two equals it is the first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// What all others claim to be.
    Ancestor,
    /// A browser that others are made of.
    Engine,
    /// One made of another.
    Browser,
    /// An app that shows pages within itself.
    App,
    /// A program or a library that visits by itself.
    Bot,
}

/// How far a system is from the ones it claims to be, or is made of: the one highest here is meant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// A kernel, or a maker.
    Kernel,
    /// A system for computers.
    Computer,
    /// Android and iOS, which name the above.
    Mobile,
    /// One that names Android or iOS.
    Derived,
}

/// What kind of thing a word tells besides.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Trait {
    /// The device is a phone, or its browser asks for what phones are shown.
    Mobile,
    /// It is a tablet.
    Tablet,
    /// It is a television, a console or the like.
    Television,
    /// The system is iOS: the browser exists nowhere else, whatever it says where a page for computers is asked for.
    Ios,
    /// A page is shown by WebKit.
    WebKit,
    /// A page is shown within an Android app.
    WebView,
    /// The number of the browser, whichever it is.
    Version,
    /// A maker of phones whose name ends like that of a program.
    NoBot,
}

/// What a mark says.
#[derive(Clone, Copy)]
pub enum Says {
    /// This browser, whose version follows.
    Browser(Rank, &'static str),
    /// This system, whose version follows.
    System(Layer, &'static str),
    /// A Windows, by the version of its kernel.
    WindowsNt,
    /// An Internet Explorer, by the version of its engine.
    Trident,
    /// Something else.
    Trait(Trait),
}

/// A text that begins a word, whatever its case, and does not end within a run of letters.
#[derive(Clone, Copy)]
pub struct Mark {
    /// The text.
    pub text: &'static str,
    /// What it says.
    pub says: Says,
}

impl Mark {
    /// The letter that it begins with, in small.
    pub fn letter(&self) -> u8 {
        self.text.bytes().next().unwrap_or_default().to_ascii_lowercase()
    }
}

// Families and systems that are named more than once.
pub const ANDROID: &str = "Android";
pub const ANDROID_BROWSER: &str = "Android Browser";
pub const ANDROID_WEBVIEW: &str = "Android WebView";
pub const BOT: &str = "Bot";
pub const CHROME: &str = "Chrome";
pub const CHROME_OS: &str = "ChromeOS";
pub const EDGE: &str = "Edge";
pub const FIREFOX: &str = "Firefox";
pub const HARMONY_OS: &str = "HarmonyOS";
pub const HEADLESS_CHROME: &str = "Headless Chrome";
pub const HUAWEI: &str = "Huawei Browser";
pub const IE: &str = "IE";
pub const IE_MOBILE: &str = "IE Mobile";
pub const IOS: &str = "iOS";
pub const MACOS: &str = "macOS";
pub const OPERA: &str = "Opera";
pub const SAFARI: &str = "Safari";
pub const SAMSUNG: &str = "Samsung Internet";
pub const WINDOWS: &str = "Windows";
pub const WK_WEBVIEW: &str = "WKWebView";
pub const YANDEX: &str = "Yandex Browser";

const DUCKDUCKGO: &str = "DuckDuckGo";
const FACEBOOK: &str = "Facebook";
const LINUX: &str = "Linux";
const PLAYSTATION: &str = "PlayStation";
const WEBOS: &str = "webOS";
const YAHOO_JAPAN: &str = "Yahoo! JAPAN";

const fn ancestor(text: &'static str, name: &'static str) -> Mark {
    Mark { text, says: Says::Browser(Rank::Ancestor, name) }
}

const fn engine(text: &'static str, name: &'static str) -> Mark {
    Mark { text, says: Says::Browser(Rank::Engine, name) }
}

const fn browser(text: &'static str, name: &'static str) -> Mark {
    Mark { text, says: Says::Browser(Rank::Browser, name) }
}

const fn app(text: &'static str, name: &'static str) -> Mark {
    Mark { text, says: Says::Browser(Rank::App, name) }
}

const fn bot(text: &'static str, name: &'static str) -> Mark {
    Mark { text, says: Says::Browser(Rank::Bot, name) }
}

const fn kernel(text: &'static str, name: &'static str) -> Mark {
    Mark { text, says: Says::System(Layer::Kernel, name) }
}

const fn computer(text: &'static str, name: &'static str) -> Mark {
    Mark { text, says: Says::System(Layer::Computer, name) }
}

const fn mobile(text: &'static str, name: &'static str) -> Mark {
    Mark { text, says: Says::System(Layer::Mobile, name) }
}

const fn derived(text: &'static str, name: &'static str) -> Mark {
    Mark { text, says: Says::System(Layer::Derived, name) }
}

const fn a(kind: Trait, text: &'static str) -> Mark {
    Mark { text, says: Says::Trait(kind) }
}

/// The marks, by the letter that they begin with.
pub static MARKS: &[Mark] = &[
    bot("AdsBot-Google", "AdsBot-Google"),
    mobile("Adr", ANDROID),
    bot("AhrefsBot", "AhrefsBot"),
    bot("aiohttp", "aiohttp"),
    browser("AlohaBrowser", "Aloha Browser"),
    bot("Amazonbot", "Amazonbot"),
    mobile("Android", ANDROID),
    bot("Apache-HttpClient", "Apache-HttpClient"),
    bot("APIs-Google", "APIs-Google"),
    bot("Applebot", "Applebot"),
    derived("Apple TV", "tvOS"),
    derived("AppleTV", "tvOS"),
    a(Trait::Television, "Apple TV"),
    a(Trait::Television, "AppleTV"),
    a(Trait::WebKit, "AppleWebKit/"),
    browser("Avast/", "Avast Secure Browser"),
    browser("AVG/", "AVG Secure Browser"),
    bot("axios/", "axios"),
    app("baiduboxapp/", "Baidu"),
    browser("baidubrowser/", "Baidu Browser"),
    bot("Baiduspider", "Baiduspider"),
    app("Barcelona", "Threads"),
    derived("BB10", "BlackBerry OS"),
    bot("bingbot", "bingbot"),
    bot("BingPreview/", "BingPreview"),
    derived("BlackBerry", "BlackBerry OS"),
    a(Trait::Mobile, "BlackBerry"),
    a(Trait::Television, "BRAVIA"),
    browser("Brave", "Brave"),
    bot("Bytespider", "Bytespider"),
    app("BytedanceWebview", "TikTok"),
    bot("CCBot", "CCBot"),
    computer("CentOS", "CentOS"),
    bot("ChatGPT-User", "ChatGPT-User"),
    engine("Chrome/", CHROME),
    bot("Chrome-Lighthouse", "Lighthouse"),
    derived("Chromecast", "Chromecast"),
    browser("Chromium/", "Chromium"),
    bot("ClaudeBot", "ClaudeBot"),
    browser("coc_coc_browser/", "Coc Coc"),
    browser("CriOS/", CHROME),
    a(Trait::Ios, "CriOS/"),
    derived("CrKey", "Chromecast"),
    a(Trait::Television, "CrKey"),
    browser("CrMo/", CHROME),
    computer("CrOS", CHROME_OS),
    a(Trait::NoBot, "CUBOT"),
    bot("curl/", "curl"),
    mobile("CPU OS", IOS),
    app("Ddg/", DUCKDUCKGO),
    computer("Debian", "Debian"),
    bot("Discordbot", "Discordbot"),
    bot("DotBot", "DotBot"),
    bot("DuckDuckBot", "DuckDuckBot"),
    app("DuckDuckGo/", DUCKDUCKGO),
    browser("Ecosia", "Ecosia"),
    browser("Edg/", EDGE),
    browser("EdgA/", EDGE),
    browser("Edge/", EDGE),
    browser("EdgiOS/", EDGE),
    a(Trait::Ios, "EdgiOS/"),
    browser("Electron/", "Electron"),
    browser("Epiphany/", "Epiphany"),
    bot("facebookexternalhit", "facebookexternalhit"),
    browser("Falkon/", "Falkon"),
    app("FB_IAB/", FACEBOOK),
    app("FBAN/", FACEBOOK),
    app("FBAV/", FACEBOOK),
    app("FBIOS", FACEBOOK),
    computer("Fedora", "Fedora"),
    browser("Fennec/", FIREFOX),
    engine("Firefox/", FIREFOX),
    browser("Focus/", "Firefox Focus"),
    computer("FreeBSD", "FreeBSD"),
    browser("FxiOS/", FIREFOX),
    a(Trait::Ios, "FxiOS/"),
    bot("Go-http-client/", "Go-http-client"),
    bot("Google-InspectionTool", "Google-InspectionTool"),
    bot("Googlebot", "Googlebot"),
    bot("GoogleOther", "GoogleOther"),
    a(Trait::Television, "Google TV"),
    a(Trait::Television, "GoogleTV"),
    bot("GPTBot", "GPTBot"),
    app("GSA/", "Google"),
    bot("GuzzleHttp/", "GuzzleHttp"),
    derived("HarmonyOS", HARMONY_OS),
    a(Trait::Television, "HbbTV/"),
    bot("HeadlessChrome/", HEADLESS_CHROME),
    browser("HeyTapBrowser/", "HeyTap Browser"),
    bot("http.rb/", "http.rb"),
    browser("HuaweiBrowser/", HUAWEI),
    bot("ia_archiver", "ia_archiver"),
    browser("IEMobile", IE_MOBILE),
    app("Instagram", "Instagram"),
    mobile("iOS", IOS),
    mobile("iPad", IOS),
    a(Trait::Tablet, "iPad"),
    a(Trait::Mobile, "iPhone"),
    mobile("iPhone OS", IOS),
    mobile("iPhone", IOS),
    app("ipn.appli/", YAHOO_JAPAN),
    mobile("iPod", IOS),
    a(Trait::Mobile, "iPod"),
    browser("Iron/", "Iron"),
    bot("Java/", "Java"),
    derived("KAIOS", "KaiOS"),
    a(Trait::Mobile, "KAIOS"),
    app("KAKAOTALK", "KakaoTalk"),
    browser("Klar/", "Firefox Focus"),
    browser("Konqueror/", "Konqueror"),
    bot("libwww-perl/", "libwww-perl"),
    app("Line/", "LINE"),
    app("LinkedInApp", "LinkedIn"),
    bot("LinkedInBot", "LinkedInBot"),
    kernel("Linux", LINUX),
    computer("Mac OS X", MACOS),
    computer("macOS", MACOS),
    kernel("Macintosh", MACOS),
    browser("Maxthon", "Maxthon"),
    bot("Mediapartners-Google", "Mediapartners-Google"),
    bot("meta-externalagent", "meta-externalagent"),
    app("MicroMessenger/", "WeChat"),
    browser("MiuiBrowser/", "MiuiBrowser"),
    bot("MJ12bot", "MJ12bot"),
    a(Trait::Mobile, "Mobi"),
    a(Trait::Mobile, "Mobile"),
    browser("MQQBrowser", "QQ Browser"),
    ancestor("MSIE", IE),
    app("musical_ly", "TikTok"),
    app("NAVER(", "NAVER"),
    derived("Nintendo", "Nintendo"),
    a(Trait::Television, "Nintendo"),
    browser("NintendoBrowser/", "NintendoBrowser"),
    bot("node-fetch/", "node-fetch"),
    browser("Norton/", "Norton Private Browser"),
    bot("OAI-SearchBot", "OAI-SearchBot"),
    bot("okhttp/", "okhttp"),
    computer("OpenBSD", "OpenBSD"),
    derived("OpenHarmony", HARMONY_OS),
    engine("Opera", OPERA),
    browser("Opera Mini/", "Opera Mini"),
    browser("OPiOS/", "Opera Mini"),
    a(Trait::Ios, "OPiOS/"),
    browser("OPR/", OPERA),
    browser("OPRGX/", OPERA),
    browser("OPT/", "Opera Touch"),
    browser("OPX/", "Opera GX"),
    browser("PaleMoon/", "Pale Moon"),
    bot("PerplexityBot", "PerplexityBot"),
    bot("PetalBot", "PetalBot"),
    browser("PHX/", "Phoenix Browser"),
    a(Trait::Mobile, "Phone"),
    app("Pinterest/", "Pinterest"),
    bot("Pinterestbot", "Pinterestbot"),
    derived("PlayStation", PLAYSTATION),
    a(Trait::Television, "PlayStation"),
    bot("PostmanRuntime/", "PostmanRuntime"),
    browser("Puffin/", "Puffin"),
    bot("python-httpx/", "python-httpx"),
    bot("Python-urllib/", "Python-urllib"),
    bot("python-requests/", "Python Requests"),
    browser("QQBrowser/", "QQ Browser"),
    bot("reqwest/", "reqwest"),
    derived("Roku", "Roku"),
    a(Trait::Television, "Roku"),
    bot("Ruby", "Ruby"),
    ancestor("Safari", SAFARI),
    browser("SamsungBrowser/", SAMSUNG),
    browser("SeaMonkey/", "SeaMonkey"),
    bot("SemrushBot", "SemrushBot"),
    browser("Silk/", "Amazon Silk"),
    bot("Slackbot", "Slackbot"),
    browser("Sleipnir/", "Sleipnir"),
    bot("Slurp", "Yahoo! Slurp"),
    a(Trait::Television, "SMART-TV"),
    a(Trait::Television, "SmartTV"),
    app("Snapchat", "Snapchat"),
    bot("Sogou", "Sogou web spider"),
    a(Trait::Tablet, "Tablet"),
    bot("TelegramBot", "TelegramBot"),
    derived("Tizen", "Tizen"),
    Mark { text: "Trident/", says: Says::Trident },
    app("trill_", "TikTok"),
    a(Trait::Television, "TV"),
    app("Twitter", "Twitter"),
    app("TwitterAndroid", "Twitter"),
    bot("Twitterbot", "Twitterbot"),
    computer("Ubuntu", "Ubuntu"),
    browser("UCBrowser", "UC Browser"),
    browser("UBrowser/", "UC Browser"),
    bot("undici", "undici"),
    bot("UptimeRobot/", "UptimeRobot"),
    a(Trait::Version, "Version/"),
    browser("Vivaldi/", "Vivaldi"),
    browser("VivoBrowser/", "Vivo Browser"),
    browser("Waterfox/", "Waterfox"),
    derived("Web0S", WEBOS),
    a(Trait::Television, "Web0S"),
    derived("webOS", WEBOS),
    derived("webOS.TV", WEBOS),
    bot("Wget/", "Wget"),
    browser("Whale/", "Whale"),
    bot("WhatsApp/", "WhatsApp"),
    kernel("Win95", WINDOWS),
    kernel("Win98", WINDOWS),
    kernel("Windows", WINDOWS),
    Mark { text: "Windows NT", says: Says::WindowsNt },
    derived("Windows Phone", "Windows Phone"),
    derived("Windows Phone OS", "Windows Phone"),
    a(Trait::Mobile, "Windows Phone"),
    a(Trait::WebView, "wv"),
    a(Trait::Television, "Xbox"),
    browser("YaBrowser/", YANDEX),
    app("YaApp_Android/", "Yandex"),
    app("YaSearchBrowser/", "Yandex"),
    bot("YandexBot", "YandexBot"),
    app("YJApp-ANDROID", YAHOO_JAPAN),
    app("YJApp-IOS", YAHOO_JAPAN),
    app("yjtop/", YAHOO_JAPAN),
];
