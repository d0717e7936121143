/// The starter project's boxwatch.yaml.
enum StarterConfiguration {
  static let text = """
    # What boxwatch watches, with which rules, and where alerts go. Everything is optional; a mistake is told with its line
    # and column. ${NAME} is a variable of the environment, and every secret key has a twin ending in _file.

    # Who asks Box. Without this, BOX_DEVELOPER_TOKEN and its like are read from the environment, or what
    # `boxwatch login` stored is used. One of:
    #
    # accounts:
    #   box:
    #     auth: jwt                       # the file that the developer console downloads
    #     config_file: /etc/boxwatch/box_config.json
    #   box:
    #     auth: client_credentials
    #     client_id: ${BOX_CLIENT_ID}
    #     client_secret_file: /run/credentials/boxwatch.service/box_secret
    #     enterprise_id: "1234567"        # or user_id
    #   box:
    #     auth: oauth2                    # then: boxwatch login --account box --client-id ID
    #
    # Behind a proxy, add to the account:   proxy: http://proxy.example:3128   and   ca_file: corporate.pem

    # Which events. `all` is what happens to one user's files, told at once; `admin_logs_streaming` is the whole
    # enterprise, 12 seconds late, for admins.
    streams:
      mine:
        stream_type: all
        from: now
      # enterprise:
      #   stream_type: admin_logs_streaming

    # Rule files and folders; lib/ and *_test.lua are aside.
    rules: rules/

    # Where alerts go. `log` and `alerts` (alerts.jsonl in the output folder) are always there.
    # sinks:
    #   sec: { type: slack, url: "${SLACK_URL}" }
    #   soc: { type: webhook, url: https://siem.example/in, hmac_secret: "${HOOK_KEY}" }
    #   duty: { type: pagerduty, routing_key_file: pd.key, url: https://events.eu.pagerduty.com/v2/enqueue }
    alerts:
      default: [log, alerts]
      # routes: { high: [log, alerts, sec], critical: [log, alerts, sec] }

    # What rules may reach beside Box: nothing, until it stands here.
    # allow:
    #   http: [siem.example]
    #   box_write: false

    # Where rules write files.
    output: output

    """
}
