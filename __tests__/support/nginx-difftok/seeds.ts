/** Sound configurations that hold what people write, for every version; names are addresses, so that nothing is looked up. */
export const SEEDS: readonly string[] = [
  `worker_processes auto;
error_log stderr warn;
events {
    worker_connections 1024;
    multi_accept on;
}
http {
    log_format timed '$remote_addr "$request" $status $upstream_addr $request_time';
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_timeout 65s;
    client_max_body_size 20m;
    gzip on;
    gzip_types text/css application/json;
    proxy_read_timeout 30s;
    proxy_connect_timeout 2s;
    proxy_buffers 8 16k;
    proxy_next_upstream error timeout http_502;
    upstream shop {
        zone shop 64k;
        least_conn;
        server 127.0.0.1:7101 weight=3 max_fails=2 fail_timeout=10s;
        server 127.0.0.1:7102 weight=2;
        server 127.0.0.1:7103 backup;
        keepalive 16;
    }
    upstream stock {
        server 127.0.0.1:7201 max_conns=50;
        server 127.0.0.1:7202 down;
        server [::1]:7203;
    }
    server {
        listen 7001 default_server;
        server_name shop.example www.shop.example;
        location / {
            proxy_pass http://shop;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
        }
        location /stock/ {
            proxy_pass http://stock/;
            proxy_read_timeout 1m30s;
        }
        location = /health {
            return 200 "ok";
        }
        location ~* \\.(png|css)$ {
            root /srv/www;
            expires 30d;
            add_header Cache-Control public always;
        }
    }
    server {
        listen 7002;
        server_name old.example;
        return 301 https://shop.example$request_uri;
    }
}
`,
  `user root;
pid nginx.pid;
events {
    use epoll;
}
http {
    access_log off;
    map $http_upgrade $connection_upgrade {
        default upgrade;
        ''      close;
    }
    map $host $pool {
        hostnames;
        default       blue;
        *.new.example green;
        ~^beta        green;
    }
    split_clients "$remote_addr$request_id" $variant {
        5%    green;
        0.5%  blue;
        *     blue;
    }
    geo $inside {
        default        0;
        10.0.0.0/8     1;
        192.168.1.0/24 1;
    }
    limit_req_zone $binary_remote_addr zone=perip:1m rate=10r/s;
    limit_conn_zone $server_name zone=perserver:1m;
    upstream blue {
        hash $request_uri consistent;
        server 127.0.0.1:7301 weight=5;
        server 127.0.0.1:7302;
    }
    upstream green {
        ip_hash;
        server 127.0.0.1:7401;
        server 127.0.0.1:7402;
    }
    server {
        listen 127.0.0.1:7003;
        listen [::1]:7003;
        server_name ~^(?<sub>.+)\\.example$;
        set $target $pool;
        if ($inside) {
            set $target green;
        }
        if ($request_method = POST) {
            return 405;
        }
        location / {
            limit_req zone=perip burst=20 nodelay;
            limit_conn perserver 100;
            proxy_pass http://$target;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
        }
        location /old/ {
            rewrite ^/old/(.*)$ /new/$1 last;
        }
        location /new/ {
            proxy_pass http://127.0.0.1:7501/app/;
            proxy_redirect off;
            proxy_buffering off;
        }
        location @fallback {
            proxy_pass http://blue;
        }
        location /files/ {
            alias /srv/files/;
            try_files $uri $uri/ @fallback;
        }
        location ^~ /private/ {
            internal;
            allow 10.0.0.0/8;
            deny all;
            satisfy any;
        }
        error_page 502 503 504 /50x.html;
        error_page 404 =200 /404.html;
    }
}
`,
  `worker_processes 2;
events {}
stream {
    log_format basic '$remote_addr $protocol $status';
    upstream db {
        zone db 64k;
        least_conn;
        server 127.0.0.1:7601 max_fails=3 fail_timeout=30s;
        server 127.0.0.1:7602 weight=2;
        server 127.0.0.1:7603 backup;
    }
    upstream names {
        hash $remote_addr;
        server 127.0.0.1:7701;
        server 127.0.0.1:7702;
    }
    map $ssl_preread_server_name $chosen {
        default db;
        a.example names;
    }
    server {
        listen 7004 so_keepalive=on;
        proxy_pass db;
        proxy_connect_timeout 1s;
        proxy_timeout 10m;
        proxy_next_upstream on;
    }
    server {
        listen 7005 udp reuseport;
        proxy_pass names;
        proxy_responses 1;
        proxy_timeout 5s;
    }
    server {
        listen 7006;
        ssl_preread on;
        proxy_pass $chosen;
        allow 127.0.0.0/8;
        deny all;
    }
}
`,
  `events { worker_connections 64; }
http {
    access_log off;
    resolver 127.0.0.53:53 valid=10s ipv6=off;
    proxy_cache_path cache levels=1:2 keys_zone=pages:1m max_size=100m inactive=10m use_temp_path=off;
    real_ip_header X-Forwarded-For;
    set_real_ip_from 10.0.0.0/8;
    real_ip_recursive on;
    server_tokens off;
    upstream php {
        server unix:/tmp/php.sock weight=2;
        server 127.0.0.1:9000;
        keepalive 4;
        keepalive_requests 500;
        keepalive_timeout 30s;
    }
    upstream rpc { random two least_conn; server 127.0.0.1:7801; server 127.0.0.1:7802 weight=4; }
    server {
        listen 7007 backlog=512 rcvbuf=64k;
        server_name _;
        root /srv/www;
        index index.php index.html;
        location / {
            try_files $uri $uri/ /index.php?$args;
        }
        location ~ \\.php$ {
            fastcgi_pass php;
            fastcgi_index index.php;
            fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
            fastcgi_param QUERY_STRING $query_string if_not_empty;
            fastcgi_read_timeout 120s;
            fastcgi_buffers 16 8k;
        }
        location /rpc.Service/ {
            grpc_pass grpc://rpc;
            grpc_set_header X-Real-IP $remote_addr;
        }
        location /cached/ {
            proxy_cache pages;
            proxy_cache_valid 200 301 10m;
            proxy_cache_valid any 1m;
            proxy_cache_use_stale error timeout updating;
            proxy_pass http://127.0.0.1:7901;
            location /cached/never/ {
                proxy_cache off;
                proxy_pass http://127.0.0.1:7902;
                proxy_next_upstream off;
            }
        }
        location /api {
            auth_basic "closed";
            auth_basic_user_file htpasswd;
            limit_except GET {
                deny all;
            }
            proxy_pass http://127.0.0.1:7903;
            proxy_next_upstream_tries 2;
            proxy_next_upstream_timeout 5s;
            proxy_send_timeout 10;
            proxy_request_buffering off;
            client_body_buffer_size 16k;
            client_body_timeout 10s;
        }
    }
}
`,
];
