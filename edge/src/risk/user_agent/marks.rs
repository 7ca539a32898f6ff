//! The marks by which browsers, systems and devices are told, as their vendors document them.

use super::mark::{Layer, Mark, Rank, Says, Trait};

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

const fn on(text: &'static str, name: &'static str) -> Mark {
    Mark { text, says: Says::On(name) }
}

const fn a(kind: Trait, text: &'static str) -> Mark {
    Mark { text, says: Says::Trait(kind) }
}

/// The marks, by the letters that they begin with.
pub static MARKS: &[Mark] = &[
    mobile("Adr", ANDROID),
    bot("AdsBot-Google", "AdsBot-Google"),
    bot("AhrefsBot", "AhrefsBot"),
    bot("aiohttp", "aiohttp"),
    browser("AlohaBrowser", "Aloha Browser"),
    bot("Amazonbot", "Amazonbot"),
    mobile("Android", ANDROID),
    bot("Apache-HttpClient", "Apache-HttpClient"),
    bot("APIs-Google", "APIs-Google"),
    derived("Apple TV", "tvOS"),
    a(Trait::Television, "Apple TV"),
    bot("Applebot", "Applebot"),
    derived("AppleTV", "tvOS"),
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
    browser("Brave", "Brave"),
    a(Trait::Television, "BRAVIA"),
    app("BytedanceWebview", "TikTok"),
    bot("Bytespider", "Bytespider"),
    bot("CCBot", "CCBot"),
    computer("CentOS", "CentOS"),
    bot("ChatGPT-User", "ChatGPT-User"),
    bot("Chrome-Lighthouse", "Lighthouse"),
    engine("Chrome/", CHROME),
    derived("Chromecast", "Chromecast"),
    browser("Chromium/", "Chromium"),
    bot("ClaudeBot", "ClaudeBot"),
    browser("coc_coc_browser/", "Coc Coc"),
    mobile("CPU OS", IOS),
    browser("CriOS/", CHROME),
    on("CriOS/", IOS),
    derived("CrKey", "Chromecast"),
    a(Trait::Television, "CrKey"),
    browser("CrMo/", CHROME),
    computer("CrOS", CHROME_OS),
    a(Trait::NoBot, "CUBOT"),
    bot("curl/", "curl"),
    // An app without a browser; `Seen::conclude` tells those of Macs.
    kernel("Darwin/", IOS),
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
    on("EdgiOS/", IOS),
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
    on("FxiOS/", IOS),
    bot("Go-http-client/", "Go-http-client"),
    a(Trait::Television, "Google TV"),
    bot("Google-InspectionTool", "Google-InspectionTool"),
    bot("Googlebot", "Googlebot"),
    bot("GoogleOther", "GoogleOther"),
    a(Trait::Television, "GoogleTV"),
    bot("GPTBot", "GPTBot"),
    app("GSA/", "Google"),
    bot("GuzzleHttp/", "GuzzleHttp"),
    derived("HarmonyOS", HARMONY_OS),
    a(Trait::Television, "HbbTV/"),
    bot("HeadlessChrome/", HEADLESS_CHROME),
    browser("HeyTapBrowser/", "HeyTap Browser"),
    bot("http.rb/", "http.rb"),
    browser("HuaweiBrowser/", "Huawei Browser"),
    a(Trait::Intel, "i386"),
    bot("ia_archiver", "ia_archiver"),
    browser("IEMobile", IE_MOBILE),
    app("Instagram", "Instagram"),
    mobile("iOS", IOS),
    mobile("iPad", IOS),
    a(Trait::Tablet, "iPad"),
    a(Trait::Mobile, "iPhone"),
    mobile("iPhone", IOS),
    mobile("iPhone OS", IOS),
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
    kernel("Macintosh", MACOS),
    computer("macOS", MACOS),
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
    browser("Opera Mini", "Opera Mini"),
    browser("Opera Mini/att/", "Opera Mini"),
    browser("OPiOS/", "Opera Mini"),
    on("OPiOS/", IOS),
    browser("OPR/", OPERA),
    browser("OPRGX/", OPERA),
    browser("OPT/", "Opera Touch"),
    browser("OPX/", "Opera GX"),
    browser("PaleMoon/", "Pale Moon"),
    bot("PerplexityBot", "PerplexityBot"),
    bot("PetalBot", "PetalBot"),
    a(Trait::Mobile, "Phone"),
    browser("PHX/", "Phoenix Browser"),
    app("Pinterest/", "Pinterest"),
    bot("Pinterestbot", "Pinterestbot"),
    derived("PlayStation", PLAYSTATION),
    a(Trait::Television, "PlayStation"),
    bot("PostmanRuntime/", "PostmanRuntime"),
    browser("Puffin/", "Puffin"),
    bot("python-httpx/", "python-httpx"),
    bot("python-requests/", "Python Requests"),
    bot("Python-urllib/", "Python-urllib"),
    browser("QQBrowser/", "QQ Browser"),
    bot("reqwest/", "reqwest"),
    derived("Roku", "Roku"),
    a(Trait::Television, "Roku"),
    ancestor("Safari", SAFARI),
    browser("SamsungBrowser/", SAMSUNG),
    browser("SeaMonkey/", "SeaMonkey"),
    bot("SemrushBot", "SemrushBot"),
    browser("Silk/", "Amazon Silk"),
    on("Silk/", ANDROID),
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
    browser("UBrowser/", "UC Browser"),
    computer("Ubuntu", "Ubuntu"),
    browser("UC Browser", "UC Browser"),
    browser("UCBrowser", "UC Browser"),
    engine("UCWEB", "UC Browser"),
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
    a(Trait::Mobile, "Windows Phone"),
    derived("Windows Phone OS", "Windows Phone"),
    kernel("WindowsCE", WINDOWS),
    a(Trait::WebView, "wv"),
    a(Trait::Intel, "x86_64"),
    a(Trait::Television, "Xbox"),
    app("YaApp_Android/", "Yandex"),
    browser("YaBrowser/", YANDEX),
    bot("YandexBot", "YandexBot"),
    app("YaSearchBrowser/", "Yandex"),
    app("YJApp-ANDROID", YAHOO_JAPAN),
    app("YJApp-IOS", YAHOO_JAPAN),
    app("yjtop/", YAHOO_JAPAN),
];
