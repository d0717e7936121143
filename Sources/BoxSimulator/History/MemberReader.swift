import CEventPage

/// A JSON object as it was given: its exact text, and where each of its members' values stands in it.
struct ObjectText {
  struct Member {
    var key: String
    /// The value's JSON text, as bytes of `text`.
    var value: Range<Int>
  }

  var text: [UInt8]
  var members: [Member]
  /// The object holds bytes that are not UTF-8, or control characters inside a string: kept, but not looked into.
  var hasForeignBytes: Bool

  /// The JSON text of a member; of members that stand twice the last one.
  func value(_ key: String) -> ArraySlice<UInt8>? {
    members.last { $0.key == key }.map { text[$0.value] }
  }
}

/// Why a text cannot be taken as events.
struct TextFault: Error, Equatable {
  var message: String
}

/// Takes JSON text apart into objects and their members and leaves every byte as it is (CEventPage).
struct MemberReader: ~Copyable {
  private let parser: OpaquePointer?

  init() {
    parser = cep_parser_new()
  }

  deinit {
    cep_parser_free(parser)
  }

  /// The objects of a text that is one object or an array of objects.
  /// - Throws: `TextFault` where it is neither, in words for a person.
  func objects(_ text: some Collection<UInt8>) throws(TextFault) -> [ObjectText] {
    let first = text.first { !(0x09...0x0D).contains($0) && $0 != 0x20 }
    return try read(text, first == UInt8(ascii: "[") ? CEP_INPUT_ARRAY : CEP_INPUT_EVENT)
  }

  /// The members of a text that is one object.
  func object(_ text: some Collection<UInt8>) throws(TextFault) -> ObjectText {
    let objects = try read(text, CEP_INPUT_EVENT)
    guard let object = objects.first else { throw TextFault(message: "it holds no JSON object") }
    return object
  }

  /// The JSON text of a member of the object whose text this is; nil where there is none.
  func member(_ key: String, of object: ArraySlice<UInt8>?) -> ArraySlice<UInt8>? {
    guard let object else { return nil }
    var key = key
    let span = object.withUnsafeBytes { bytes -> cep_span? in
      var span = cep_span()
      let isFound = key.withUTF8 { key in
        key.withMemoryRebound(to: CChar.self) { key in
          cep_find_member(
            bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, key.baseAddress, key.count, &span)
        }
      }
      return isFound ? span : nil
    }
    guard let span else { return nil }
    let start = object.startIndex + Int(span.offset)
    return object[start..<start + Int(span.length)]
  }

  /// The decoded characters of a JSON string, or the text of a number; nil for anything else.
  func scalar(_ value: ArraySlice<UInt8>?) -> String? {
    guard let value, let first = value.first else { return nil }
    if first == UInt8(ascii: "-") || (0x30...0x39).contains(first) { return String(decoding: value, as: UTF8.self) }
    guard first == UInt8(ascii: "\""), value.count >= 2 else { return nil }
    return unescaped(value.dropFirst().dropLast())
  }

  private func unescaped(_ characters: ArraySlice<UInt8>) -> String? {
    characters.withUnsafeBytes { bytes in
      withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { room -> String? in
        guard let text = bytes.baseAddress?.assumingMemoryBound(to: CChar.self), let out = room.baseAddress else {
          return ""
        }
        var length = 0
        guard cep_unescape(text, bytes.count, out, &length) else { return nil }
        return String(decoding: UnsafeRawBufferPointer(start: out, count: length), as: UTF8.self)
      }
    }
  }

  private func read(_ text: some Collection<UInt8>, _ input: cep_input) throws(TextFault) -> [ObjectText] {
    let length = text.count
    // Zeros must follow the text; the page refers to it, and nothing here outlives this call.
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: length + Int(CEP_PADDING), alignment: 1)
    defer { buffer.deallocate() }
    buffer.copyBytes(from: text)
    buffer[length...].initializeMemory(as: UInt8.self, repeating: 0)
    var page: OpaquePointer?
    var offset = 0
    let status = cep_page_parse(
      parser, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), length, input, &page, &offset)
    guard status == CEP_OK, let page else { throw TextFault(message: Self.message(status, offset)) }
    defer { cep_page_free(page) }
    return try Self.objects(of: page)
  }

  private static func objects(of page: OpaquePointer) throws(TextFault) -> [ObjectText] {
    let events = UnsafeBufferPointer(start: cep_page_events(page), count: cep_page_event_count(page))
    var objects: [ObjectText] = []
    objects.reserveCapacity(events.count)
    for (index, event) in events.enumerated() {
      switch event.flaw {
      case CEP_FLAW_NONE, CEP_FLAW_BYTES: objects.append(object(event, page))
      case CEP_FLAW_NOT_AN_OBJECT:
        throw TextFault(message: events.count == 1 ? "it is no JSON object" : "entry \(index + 1) is no JSON object")
      default:
        throw TextFault(message: events.count == 1 ? "it is no valid JSON" : "entry \(index + 1) is no valid JSON")
      }
    }
    return objects
  }

  private static func object(_ event: cep_event, _ page: OpaquePointer) -> ObjectText {
    let whole = UnsafeRawBufferPointer(start: cep_page_text(page), count: cep_page_length(page))
    let start = Int(event.text.offset)
    let fields = UnsafeBufferPointer(
      start: cep_page_fields(page)?.advanced(by: Int(event.first_field)), count: Int(event.field_count))
    let members = fields.map { field in
      let key = whole[Int(field.key.offset)..<Int(field.key.offset + field.key.length)]
      let value = Int(field.value.offset) - start
      return ObjectText.Member(
        key: String(decoding: key, as: UTF8.self), value: value..<value + Int(field.value.length))
    }
    return ObjectText(
      text: Array(whole[start..<start + Int(event.text.length)]), members: members,
      hasForeignBytes: event.flaw == CEP_FLAW_BYTES)
  }

  private static func message(_ status: cep_status, _ offset: Int) -> String {
    switch status {
    case CEP_EMPTY: "it is empty"
    case CEP_TRUNCATED: "the JSON text ends too early"
    case CEP_TOO_LARGE: "it is larger than 1 GiB"
    case CEP_NO_MEMORY: "it does not fit into memory"
    case CEP_WRONG_KIND: "it is neither an event (a JSON object) nor an array of events"
    default: "it is no valid JSON (byte \(offset + 1))"
    }
  }
}
