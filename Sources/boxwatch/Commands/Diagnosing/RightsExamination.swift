import BoxClient

/// What an account's credentials may, found out by asking.
struct RightsExamination {
  let client: BoxClient
  let account: String
  /// Whether a stream of the configuration needs the enterprise's events.
  let needsEnterprise: Bool
  /// Users as whom streams are watched, and their clients.
  let users: [(id: String, client: BoxClient?)]

  func findings() async -> [Finding] {
    let (own, isAccepted) = await ownEvents()
    guard isAccepted else { return own }
    var findings = own
    findings += await realtime()
    findings.append(await enterprise())
    for user in users { findings.append(await asUser(user.id, user.client)) }
    return findings
  }

  private func ownEvents() async -> ([Finding], Bool) {
    do {
      _ = try await client.events.getEvents(queryParams: GetEventsQueryParams(streamPosition: .now, limit: 1))
    } catch {
      let finding = Finding("sign-in", account: account, failed: error)
      // Another refusal than that of the credentials leaves the rest worth asking.
      return ([finding], finding.exit != .refused && finding.exit != .unreachable)
    }
    guard let user = try? await client.currentUser() else {
      return ([Finding(.ok, "sign-in", account: account, "Box accepts the credentials")], true)
    }
    let role = user.role.map { ", \($0)" } ?? ""
    let enterprise = user.enterprise.map { " of enterprise \($0.id)" } ?? ""
    return (
      [Finding(.ok, "sign-in", account: account, "\(user.login ?? user.name ?? user.id)\(role)\(enterprise)")], true
    )
  }

  private func realtime() async -> [Finding] {
    do {
      let servers = try await client.events.getEventsWithLongPolling()
      guard servers.entries.isEmpty else {
        return [Finding(.ok, "user streams", account: account, "events can be read, and a real-time server is named")]
      }
      return [
        Finding(
          .warning, "user streams", account: account, "Box names no real-time server",
          advice: "Events are read all the same, when Box is asked.")
      ]
    } catch {
      return [Finding("user streams", account: account, failed: error)]
    }
  }

  private func enterprise() async -> Finding {
    do {
      _ = try await client.events.getEvents(
        queryParams: GetEventsQueryParams(streamType: .adminLogsStreaming, streamPosition: .now, limit: 1))
      return Finding(.ok, "enterprise streams", account: account, "the enterprise's events can be read")
    } catch let refusal as BoxAPIError where !needsEnterprise && (400..<500).contains(refusal.status) {
      return Finding(
        .warning, "enterprise streams", account: account, "they cannot be read: \(refusal)", advice: Advice.forbidden)
    } catch {
      return Finding("enterprise streams", account: account, failed: error)
    }
  }

  private func asUser(_ id: String, _ client: BoxClient?) async -> Finding {
    guard let client else {
      return Finding(
        .failure, "as user \(id)", account: account, "that user's events were not asked for: no client could be made")
    }
    do {
      _ = try await client.events.getEvents(queryParams: GetEventsQueryParams(streamPosition: .now, limit: 1))
      return Finding(.ok, "as user \(id)", account: account, "that user's events can be read")
    } catch {
      return Finding("as user \(id)", account: account, failed: error)
    }
  }
}
