# The worker on a workerd of your own, behind a proxy that speaks TLS (nginx.conf). Nothing in here differs from site to site:
# what does stands in sekisho.json and in the environment. Objects and published texts lie in the folder that workerd is started in.

using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "worker", worker = .worker),
    (name = "objects", disk = (path = "objects", writable = true)),
    (name = "published", disk = (path = "PUBLISHED", writable = true)),
    # Where the worker's own requests go: the application behind it, the mail provider. For an application on another machine that
    # asks for a certificate, add to tlsOptions: keypair = (privateKey = embed "worker.key", certificateChain = embed "worker.crt"),
    # and for one whose certificate an authority of yours has signed: trustedCertificates = [embed "authority.crt"].
    (name = "internet", network = (allow = ["public", "private", "local"], tlsOptions = (trustBrowserCas = true))),
  ],
  # sekisho.socket hands the socket over, which the proxy's group alone may open. A page is https where the proxy says so.
  sockets = [(name = "site", address = "unix:/run/sekisho/edge.sock", http = (forwardedProtoHeader = "X-Forwarded-Proto"), service = "worker")],
);

const worker :Workerd.Worker = (
  modules = [
    (name = "index.js", esModule = embed "index.js"),
    (name = "index_bg.wasm", wasm = embed "index_bg.wasm"),
    (name = "sekisho.json", text = embed "sekisho.json"),
    (name = "authenticators.json", text = embed "authenticators.json"),
    (name = "networks.txt", text = embed "networks.txt"),
    (name = "staff.html", text = embed "staff.html"),
  ],
  # As in wrangler.toml.
  compatibilityDate = "2026-11-01",
  compatibilityFlags = ["no_nodejs_global_timers"],
  bindings = [
    (name = "SEKISHO_MAC_KEYS", fromEnvironment = "SEKISHO_MAC_KEYS"),
    (name = "SEKISHO_NAME_KEYS", fromEnvironment = "SEKISHO_NAME_KEYS"),
    (name = "SEKISHO_SEAL_KEYS", fromEnvironment = "SEKISHO_SEAL_KEYS"),
    (name = "SEKISHO_JWT_KEYS", fromEnvironment = "SEKISHO_JWT_KEYS"),
    (name = "SEKISHO_MAIL_TOKEN", fromEnvironment = "SEKISHO_MAIL_TOKEN"),
    (name = "SEKISHO_ORIGIN_TOKEN", fromEnvironment = "SEKISHO_ORIGIN_TOKEN"),
    (name = "SEKISHO_OPS_TOKEN", fromEnvironment = "SEKISHO_OPS_TOKEN"),
    (name = "SEKISHO_PROXY_TOKEN", fromEnvironment = "SEKISHO_PROXY_TOKEN"),
    # These three where they are used; one that is not set is none.
    (name = "SEKISHO_DKIM_KEY", fromEnvironment = "SEKISHO_DKIM_KEY"),
    (name = "SEKISHO_SMS_TOKEN", fromEnvironment = "SEKISHO_SMS_TOKEN"),
    (name = "SEKISHO_APP_KEYS", fromEnvironment = "SEKISHO_APP_KEYS"),
    (name = "ACCOUNTS", durableObjectNamespace = "Account"),
    (name = "NAMES", durableObjectNamespace = "Name"),
    (name = "NETWORKS", durableObjectNamespace = "Network"),
    (name = "CROWDS", durableObjectNamespace = "Crowd"),
    (name = "STAFF", durableObjectNamespace = "Staff"),
    (name = "PUBLISHED", kvNamespace = "published"),
  ],
  # A class keeps its key for good: it is the folder of its objects.
  durableObjectNamespaces = [
    (className = "Account", uniqueKey = "sekisho-Account", enableSql = true),
    (className = "Name", uniqueKey = "sekisho-Name", enableSql = true),
    (className = "Network", uniqueKey = "sekisho-Network", enableSql = true),
    (className = "Crowd", uniqueKey = "sekisho-Crowd", enableSql = true),
    (className = "Staff", uniqueKey = "sekisho-Staff", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "objects"),
  globalOutbound = "internet",
);
