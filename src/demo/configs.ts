// Made by script/generate from examples/demo.
/** The load balancer before the outage, with the fault, and mended. */
export const DEMO_CONFIGS = {
  before:
    '# The load balancer before the change: three equal servers, all checked.\nglobal\n    maxconn 20000\n\ndefaults\n    mode http\n    option httpchk GET /healthz\n    option redispatch\n    timeout connect 5s\n    timeout client  30s\n    timeout server  30s\n\nfrontend www\n    bind :80\n    http-response set-header X-Served-By %s\n    default_backend be_app\n\nbackend be_app\n    balance roundrobin\n    server web1 10.0.0.11:8080 weight 10 check\n    server web2 10.0.0.12:8080 weight 10 check\n    server web3 10.0.0.13:8080 weight 10 check\n',
  after:
    '# The change: one weight has a zero too many, and web3 is no longer checked.\nglobal\n    maxconn 20000\n\ndefaults\n    mode http\n    option httpchk GET /healthz\n    option redispatch\n    timeout connect 5s\n    timeout client  30s\n    timeout server  30s\n\nfrontend www\n    bind :80\n    http-response set-header X-Served-By %s\n    default_backend be_app\n\nbackend be_app\n    balance roundrobin\n    server web1 10.0.0.11:8080 weight 100 check\n    server web2 10.0.0.12:8080 weight 20 check\n    server web3 10.0.0.13:8080 weight 20\n',
  fixed:
    '# The fix: three equal servers again, all checked.\nglobal\n    maxconn 20000\n\ndefaults\n    mode http\n    option httpchk GET /healthz\n    option redispatch\n    timeout connect 5s\n    timeout client  30s\n    timeout server  30s\n\nfrontend www\n    bind :80\n    http-response set-header X-Served-By %s\n    default_backend be_app\n\nbackend be_app\n    balance roundrobin\n    server web1 10.0.0.11:8080 weight 20 check\n    server web2 10.0.0.12:8080 weight 20 check\n    server web3 10.0.0.13:8080 weight 20 check\n',
} as const;
