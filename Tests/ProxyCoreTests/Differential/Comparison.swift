@testable import ProxyCore

/// Our verdict beside those of NIO's llhttp and Python's h11, and what of it is not as it should be.
struct Comparison {
  enum Other: String, CaseIterable, Sendable { case nio, h11 }

  enum Finding: Equatable, Sendable {
    /// Ours takes what another refuses, head or body.
    case lenient(Other)
    /// Both take it, and understand something else.
    case differs(Other)
    /// Ours refuses what both others take.
    case strict
  }

  let message: Message
  let ours: Verdict
  let nio: Verdict
  let h11: Verdict

  var isAcceptedByAll: Bool { [ours, nio, h11].allSatisfy { $0.meaning?.body == .whole } }

  var findings: [Finding] {
    guard let meaning = ours.meaning else { return nio.meaning != nil && h11.meaning != nil ? [.strict] : [] }
    let found = [compare(.nio, asNIOSees(meaning), nio.meaning), compare(.h11, asH11Sees(meaning), h11.meaning)]
    let isStrict = meaning.body != .whole && nio.meaning?.body == .whole && h11.meaning?.body == .whole
    return found.compactMap { $0 } + (isStrict ? [.strict] : [])
  }

  private func compare(_ other: Other, _ ours: Meaning, _ theirs: Meaning?) -> Finding? {
    guard let theirs else { return .lenient(other) }
    guard ours.isSameHead(as: theirs) else { return .differs(other) }
    if ours.body == .whole, theirs.body != .whole { return .lenient(other) }
    // What was faulty or cut is not finished anywhere; how much of it was read before that shows is not compared.
    return ours.body == theirs.body && ours.body != .faulty && ours.data != theirs.data ? .differs(other) : nil
  }

  private func asNIOSees(_ meaning: Meaning) -> Meaning { NIOReading.repaired(meaning, message.kind) }

  /// h11 gives the coding in lower case, as it is to be compared.
  private func asH11Sees(_ meaning: Meaning) -> Meaning {
    var meaning = meaning
    for index in meaning.fields.indices where meaning.fields[index].name.elementsEqual("transfer-encoding".utf8) {
      meaning.fields[index].value = Meaning.lower(meaning.fields[index].value)
    }
    return meaning
  }
}

extension Meaning {
  fileprivate func isSameHead(as other: Meaning) -> Bool {
    first == other.first && second == other.second && version == other.version && fields == other.fields
  }
}

/// Compares many messages, in batches: while h11 reads one, the other two readings are made.
enum Differential {
  static func run(_ messages: Int, seed: UInt64, script: String, each: (Comparison) -> Void) throws {
    var generator = MessageGenerator(seed: seed)
    let h11 = try H11Reading(script: script)
    var left = messages
    while left > 0 {
      let batch = (0..<min(500, left)).map { _ in generator.next() }
      left -= batch.count
      try compare(batch, h11, each)
    }
  }

  static func compare(_ batch: [Message], _ h11: H11Reading, _ each: (Comparison) -> Void) throws {
    try h11.send(batch)
    let here = batch.map { (ours: OurReading.read($0), nio: NIOReading.read($0)) }
    for (message, (here, there)) in zip(batch, zip(here, try h11.receive(batch.count))) {
      each(Comparison(message: message, ours: here.ours, nio: here.nio, h11: there))
    }
  }
}
