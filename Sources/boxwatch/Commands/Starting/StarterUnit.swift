/// The starter project's systemd unit.
enum StarterUnit {
  /// - Parameter folder: the project's, from the root.
  static func text(folder: String) -> String {
    let folder = escaped(folder)
    return """
      # boxwatch under systemd. Install:
      #   useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin boxwatch
      #   cp boxwatch.service /etc/systemd/system/
      #   systemctl daemon-reload && systemctl enable --now boxwatch
      #
      # Try the account as the service will see it:
      #   sudo -u boxwatch boxwatch doctor --config '\(folder)/boxwatch.yaml' --state /var/lib/boxwatch
      # Sign in with OAuth 2.0, where the account is of that kind:
      #   install -d -m 700 -o boxwatch /var/lib/boxwatch
      #   sudo -u boxwatch boxwatch login --no-browser --client-id ID --config '\(folder)/boxwatch.yaml' --state /var/lib/boxwatch
      [Unit]
      Description=boxwatch: rules on Box events
      Wants=network-online.target
      After=network-online.target

      [Service]
      Type=exec
      User=boxwatch
      WorkingDirectory=\(folder)
      ExecStart=/usr/local/bin/boxwatch run --output ${STATE_DIRECTORY}/output --log-format json
      # New rules without a restart: systemctl reload boxwatch
      ExecReload=/bin/kill -HUP $MAINPID
      Restart=on-failure
      RestartSec=5
      # A person must look at these: usage, rules, refused credentials, configuration, damaged state.
      RestartPreventExitStatus=64 65 66 73 74 77 78
      # More than --grace (10 s) and the wait for a sign-in that is being renewed (15 s).
      TimeoutStopSec=30

      # Position, memory and sign-ins. $STATE_DIRECTORY is /var/lib/boxwatch.
      StateDirectory=boxwatch
      StateDirectoryMode=0700
      UMask=0077

      # Secrets: readable by this service alone, as /run/credentials/boxwatch.service/NAME (in boxwatch.yaml: *_file keys,
      # and config_file of a JWT account).
      #LoadCredential=box_secret:/etc/boxwatch/box_secret
      #LoadCredential=box_config.json:/etc/boxwatch/box_config.json

      # Nothing but its state is writable, and little of the system is visible.
      ProtectSystem=strict
      ProtectHome=read-only
      PrivateTmp=yes
      PrivateDevices=yes
      ProtectKernelTunables=yes
      ProtectKernelModules=yes
      ProtectKernelLogs=yes
      ProtectControlGroups=yes
      ProtectClock=yes
      ProtectHostname=yes
      ProtectProc=invisible
      NoNewPrivileges=yes
      CapabilityBoundingSet=
      AmbientCapabilities=
      RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
      RestrictNamespaces=yes
      RestrictRealtime=yes
      RestrictSUIDSGID=yes
      LockPersonality=yes
      MemoryDenyWriteExecute=yes
      SystemCallArchitectures=native
      SystemCallFilter=@system-service

      [Install]
      WantedBy=multi-user.target

      """
  }

  /// systemd reads `%` as the beginning of a specifier.
  private static func escaped(_ path: String) -> String { path.replacing("%", with: "%%") }
}
