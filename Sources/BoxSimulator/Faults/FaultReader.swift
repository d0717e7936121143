/// Reads the body of POST /_simulator/faults: `{"kind":"500","probability":0.1}`, `{"kind":"drop","count":2}`,
/// optionally with `"endpoint"`, or an array of them.
enum FaultReader {
  /// - Throws: `TextFault` in words for a person.
  static func faults(_ body: some Collection<UInt8>) throws(TextFault) -> [Fault] {
    let reader = MemberReader()
    let objects: [ObjectText]
    do {
      objects = try reader.objects(body)
    } catch {
      throw TextFault(message: "the body must be a fault (a JSON object) or an array of faults: \(error.message)")
    }
    var faults: [Fault] = []
    for object in objects { faults.append(try fault(object, reader)) }
    return faults
  }

  private static func fault(_ object: ObjectText, _ reader: borrowing MemberReader) throws(TextFault) -> Fault {
    for member in object.members where !["kind", "probability", "count", "endpoint"].contains(member.key) {
      throw TextFault(message: "unknown member \"\(member.key)\": kind, probability, count and endpoint are known")
    }
    let name = reader.scalar(object.value("kind"))
    guard let name, let kind = FaultKind(rawValue: name) else {
      let problem = name.map { "unknown fault kind \"\($0)\"" } ?? "the fault has no kind"
      throw TextFault(message: "\(problem); known kinds: \(FaultKind.names)")
    }
    var fault = Fault(kind, try frequency(object, reader))
    if let value = object.value("endpoint") {
      let name = reader.scalar(value) ?? String(decoding: value, as: UTF8.self)
      guard let endpoint = Endpoint(rawValue: name), kind.endpoints.contains(endpoint) else {
        let known = kind.endpoints.map(\.rawValue).sorted().joined(separator: ", ")
        throw TextFault(message: "\(kind.rawValue) does not happen on the endpoint \"\(name)\", only on: \(known)")
      }
      fault.endpoint = endpoint
    }
    return fault
  }

  private static func frequency(
    _ object: ObjectText, _ reader: borrowing MemberReader
  ) throws(TextFault) -> Fault.Frequency {
    switch (object.value("probability"), object.value("count")) {
    case (let value?, nil):
      guard let probability = reader.scalar(value).flatMap({ Double($0) }), (0...1).contains(probability) else {
        throw TextFault(message: "probability must be a number from 0 to 1")
      }
      return .probability(probability)
    case (nil, let value?):
      guard let count = reader.scalar(value).flatMap({ Int($0) }), count >= 0 else {
        throw TextFault(message: "count must be a whole number from 0 up")
      }
      return .count(count)
    default:
      throw TextFault(message: "a fault needs either a probability or a count")
    }
  }
}
