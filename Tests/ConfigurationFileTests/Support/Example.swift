/// A file that uses every part, and what it needs beside itself.
enum Example {
  static let yaml = #"""
    accounts:
      acme:
        auth: client_credentials        # developer_token | oauth2 | client_credentials | jwt
        client_id: ${BOX_CLIENT_ID}
        client_secret_file: /run/credentials/boxwatch/box_secret
        enterprise_id: "1234567"        # or user_id
        # jwt:    config_file: 1234567_abcd_config.json
        # developer_token: token: ${BOX_DEVELOPER_TOKEN}
        api_url: https://api.box.com
        proxy: http://proxy.example:3128
        ca_file: corporate.pem

    streams:
      enterprise:
        account: acme
        stream_type: admin_logs_streaming
        from: now
        rules: [security]               # names of the rule sets below; default: all
      people:
        account: acme
        stream_type: all
        as_user: ["11446498", "11446499"]   # one feed each; `as_user_file: users.txt` for many

    rules:
      security: rules/security
      files: [rules/register.lua, rules/archive.lua]
      # rules: rules/   or   rules: [a.lua, b/]   alone makes one set, `default`

    sinks:
      log: {}                           # always there
      alerts: { type: file, path: alerts.jsonl }
      sec: { type: slack, url: "${SLACK_URL}" }
      soc: { type: webhook, url: https://siem.example/in, hmac_secret: "${HOOK_KEY}" }
      duty: { type: pagerduty, routing_key_file: pd.key }
      office: { type: teams, url: "${TEAMS_URL}" }
      mail: { type: email, to: [sec@example.com], from: boxwatch@example.com }   # through sendmail
      page: { type: exec, command: [/usr/local/bin/page, "--title"] }

    alerts:
      default: [log, alerts]
      routes: { critical: [duty, sec], high: [sec] }

    allow:
      box_write: false
      http: [hooks.example.com, "*.internal.example"]
      exec: [/usr/local/bin/scan]

    budgets: { cpu: 250ms, wait: 60s, memory: 64MiB, total_memory: 1GiB, load: 2s, backlog: 100000, dedup_ids: 250000, calls_per_minute: 900 }
    secrets: { siem_key: "${SIEM_KEY}" }   # box.secret("siem_key")
    output: output
    state: .boxwatch
    durability: normal                  # full: fsync at every commit
    metrics: 127.0.0.1:9464
    log: { level: info, format: text }
    """#

  static let environment = [
    "BOX_CLIENT_ID": "cid123", "SLACK_URL": "https://hooks.slack.example/T0/hunter2-slack", "HOOK_KEY": "hunter2-hook",
    "TEAMS_URL": "https://teams.example/hunter2-teams", "SIEM_KEY": "hunter2-siem",
  ]

  /// A folder with the file's neighbours; the client secret is in `box_secret` there.
  static func workshop() throws -> Workshop {
    let workshop = try Workshop(environment: environment)
    try workshop.write("box_secret", "hunter2-box\n")
    try workshop.write("pd.key", "hunter2-duty\r\n")
    return workshop
  }

  static let yamlHere = yaml.replacingOccurrences(of: "/run/credentials/boxwatch/box_secret", with: "box_secret")
}
