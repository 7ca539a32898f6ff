// Headers that products believe when they are told who a client is, from where it comes or what it asks for, gathered from their
// documentation one by one: whole names, as an attacker would try them. The gate's own list is another one, of beginnings.

export const BELIEVED = {
  "our own": ["Sekisho-Assertion", "Sekisho-Session", "Sekisho-Sub", "Sekisho-Background", "Sekisho-Csrf", "Sekisho-Proxy", "Sekisho-Client", "Sekisho-Nonce"],
  "RFC 7239, RFC 9440, RFC 9110": ["Forwarded", "Client-Cert", "Client-Cert-Chain", "Proxy-Authorization"],
  "nginx, Apache, Varnish, HAProxy": [
    "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Server", "X-Forwarded-By", "X-Forwarded-Scheme", "X-Forwarded-Ssl",
    "X-Real-IP", "X-Original-Forwarded-For", "SSL-Client-Cert", "SSL-Client-S-DN", "SSL-Client-Verify", "X-SSL-Client-Cert", "X-SSL-Client-S-DN", "X-SSL-Client-Verify",
    "X-SSL-Cert", "X-Client-Cert", "X-Client-Cert-DN", "Proxy",
  ],
  "servers of Java, and the list of names that their applications go through": [
    "Proxy-Client-IP", "WL-Proxy-Client-IP", "WL-Proxy-SSL", "HTTP-Client-IP", "HTTP-X-Forwarded-For", "HTTP-X-Cluster-Client-IP", "HTTP-Forwarded-For", "HTTP-Via", "Remote-Addr",
    "X-Forwarded", "Forwarded-For", "X-Forwarded-Prefix", "X-Forwarded-Path", "X-Cluster-Client-IP",
  ],
  "Rails, Django, PHP, Symfony, IIS": [
    "Client-IP", "X-Client-IP", "X-Remote-Addr", "X-Originating-IP", "X-ProxyUser-IP", "Remote-User", "X-Remote-User", "X-Remote-Groups", "X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override",
    "X-Original-URL", "X-Rewrite-URL", "X-Original-URI", "X-Original-Host", "X-Host", "X-HTTP-Host-Override", "X-Forwarded-Uri", "X-Forwarded-Method",
  ],
  "Cloudflare": ["CF-Connecting-IP", "CF-Connecting-IPv6", "CF-Pseudo-IPv4", "CF-Visitor", "CF-Access-JWT-Assertion", "CF-Access-Authenticated-User-Email", "CF-Access-Client-Id", "True-Client-IP", "MF-CF-Blob"],
  "Fastly, Google, Azure, AWS": [
    "Fastly-Client-IP", "X-Appengine-User-IP", "X-Appengine-Remote-Addr", "X-Goog-Authenticated-User-Email", "X-Goog-Authenticated-User-Id", "X-Goog-IAP-JWT-Assertion",
    "X-Azure-ClientIP", "X-Azure-SocketIP", "X-MS-Client-Principal", "X-MS-Client-Principal-Name", "X-MS-Client-Principal-Id", "X-MS-Client-Principal-IdP", "X-ARR-ClientCert",
    "X-Amzn-Oidc-Identity", "X-Amzn-Oidc-Data", "X-Amzn-Oidc-Accesstoken", "X-Amzn-Mtls-Clientcert",
  ],
  "Envoy, Traefik, Kong, oauth2-proxy, Authelia, Grafana": [
    "X-Envoy-Original-Path", "X-Envoy-External-Address", "X-Forwarded-Client-Cert", "X-Forwarded-User", "X-Forwarded-Email", "X-Forwarded-Groups", "X-Forwarded-Access-Token", "X-Forwarded-Tls-Client-Cert",
    "X-Consumer-Id", "X-Consumer-Username", "X-Auth-Request-User", "X-Auth-Request-Email", "X-Auth-Request-Redirect", "Remote-Groups", "Remote-Email", "Remote-Name", "X-WEBAUTH-USER", "X-WEBAUTH-ROLE",
    "X-Authenticated-User", "X-Authenticated-Userid",
  ],
};
