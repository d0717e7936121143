import BoxClient

/// What a scalar must look like: in words for the message, and as the function that reads it.
struct Form<Value>: Sendable {
  /// Goes on after "expected": `a duration such as 250ms or 5m`.
  let expected: String
  /// The only values there are, where they can be counted.
  var choices: [String] = []
  /// Nil for text of another form.
  let read: @Sendable (String) -> Value?
}

extension Form where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
  /// One of the cases.
  static var choice: Form {
    let names = Value.allCases.map(\.rawValue)
    return Form(expected: Quoted.choice(names), choices: names) { Value(rawValue: $0) }
  }
}

extension Form<Bool> {
  static let boolean = Form(expected: "true or false", choices: ["true", "false"]) { Bool($0) }
}

extension Form<Duration> {
  static let duration = Form(expected: "a duration above 0 such as 250ms, 60s or 1h30m") { text in
    Duration(text: text).flatMap { $0 > .zero ? $0 : nil }
  }

  /// Of computing without a break: the end of a watcher waits for it.
  static let computing = Form(expected: "a duration above 0 and of 10s at most, such as 250ms") { text in
    duration.read(text).flatMap { $0 <= .seconds(10) ? $0 : nil }
  }
}

extension Form<Int> {
  static let positive = Form(expected: "a whole number above 0") { number($0).flatMap { $0 > 0 ? $0 : nil } }
  static let countOrNone = Form(expected: "a whole number, 0 for no ceiling") { number($0) }

  /// Powers of 1024.
  static let size = Form(expected: "a size above 0 in bytes, or with K, M, G, KiB, MiB or GiB, such as 64MiB") { text in
    let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
    let unit: Int? =
      switch String(text.dropFirst(digits.count)).lowercased() {
      case "": 1
      case "k", "kib": 1 << 10
      case "m", "mib": 1 << 20
      case "g", "gib": 1 << 30
      default: nil
      }
    guard let unit, let count = Int(Substring(digits)), count > 0 else { return nil }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: unit)
    return overflow ? nil : bytes
  }

  static func number(_ text: some StringProtocol) -> Int? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
  }
}

extension Form<String> {
  /// A name that the user chooses.
  static let name = Form(expected: "a name of letters, digits, _, - and ., 64 at most") { text in
    let isName = (1...64).contains(text.utf8.count) && text.utf8.allSatisfy(isNameByte)
    return isName ? text : nil
  }

  /// A name that another part of the file gives.
  static func known(_ names: [String], _ what: String, in section: String) -> Form {
    let expected = names.isEmpty ? "\(what), but `\(section)` has none" : "\(what): \(Quoted.choice(names))"
    return Form(expected: expected, choices: names) { names.contains($0) ? $0 : nil }
  }

  /// Box's ids of users and enterprises.
  static let id = Form(expected: "an id of digits such as 11446498") { text in
    (1...30).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? text : nil
  }

  static let clientID = Form(expected: "the app's client id (developer console, Configuration)") { visible($0) }
  static let clientSecret = Form(expected: "the app's client secret (developer console, Configuration)") { visible($0) }
  static let token = Form(expected: "a developer token (developer console, Configuration)") { visible($0) }
  static let routingKey = Form(expected: "the integration key of a PagerDuty service") { visible($0) }
  static let hmacSecret = Form(expected: "a key that is not empty") { $0.isEmpty ? nil : $0 }
  static let anySecret = Form(expected: "a secret that is not empty") { $0.isEmpty ? nil : $0 }

  static let path = path("a path")
  static let rulePath = path("a rule file's or a folder's path")
  static let configFile = path("the path of the JSON file that the developer console downloads")

  private static func path(_ expected: String) -> Form {
    Form(expected: expected) { $0.isEmpty || hasControlCharacter($0) ? nil : $0 }
  }

  static let programPath = Form(expected: "a program's absolute path such as /usr/local/bin/page") { text in
    text.utf8.first == UInt8(ascii: "/") && !hasControlCharacter(text) ? text : nil
  }

  /// An argument may hold anything but the byte that ends it.
  static let argument = Form(expected: "an argument without NUL") { $0.utf8.contains(0) ? nil : $0 }

  /// A file below the output folder.
  static let outputPath = Form(expected: "a file's path below the output folder such as alerts.jsonl") { text in
    let names = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Substring($0) }
    guard let first = names.first, let last = names.last, !first.isEmpty, !last.isEmpty, last != ".",
      !names.contains(".."), !hasControlCharacter(text)
    else { return nil }
    return text
  }

  static let emailAddress = Form(expected: "an e-mail address such as security@example.com") { text in
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    let isAddress =
      parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && visible(text) != nil
      && text.utf8.first != UInt8(ascii: "-")
      && !text.utf8.contains { ",;:<>()[]\"\\".utf8.contains($0) }
    return isAddress ? text : nil
  }

  /// ASCII without spaces, as headers can carry it.
  static func visible(_ text: String) -> String? {
    !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? text : nil
  }

  private static func hasControlCharacter(_ text: String) -> Bool {
    text.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "_-.".utf8.contains(byte)
    }
  }
}
