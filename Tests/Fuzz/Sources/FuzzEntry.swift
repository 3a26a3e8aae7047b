#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What is fuzzed. One binary holds every target; the environment variable `GZPROXY_FUZZ` names the one that runs.
///
/// An input is nothing but the bytes a peer would send, so corpora and finds can be read, and sent with netcat. Whatever
/// else a target needs (where the bytes are split, which limits hold) is either all tried or drawn from a generator seeded
/// by the input itself: the same input always does the same.
enum FuzzTarget: String, CaseIterable {
  case requestHead = "request-head"
  case responseHead = "response-head"
  case body
  case requestRules = "request-rules"
  case responseRules = "response-rules"

  static let chosen: FuzzTarget = {
    let name = getenv("GZPROXY_FUZZ").map { String(cString: $0) } ?? ""
    if let target = FuzzTarget(rawValue: name) { return target }
    let names = allCases.map(\.rawValue).joined(separator: ", ")
    say("GZPROXY_FUZZ must name a target, one of: \(names)")
    exit(2)
  }()

  func run(_ input: [UInt8]) {
    switch self {
    case .requestHead: HeadFuzz.run(.request, input)
    case .responseHead: HeadFuzz.run(.response, input)
    case .body: BodyFuzz.run(input)
    case .requestRules: RequestRulesFuzz.run(input)
    case .responseRules: ResponseRulesFuzz.run(input)
    }
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  FuzzTarget.chosen.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}

/// An invariant. A broken one is said in one line and ends the process, which is how libFuzzer learns of it.
func require(_ holds: Bool, _ message: @autoclosure () -> String, line: Int = #line, file: StaticString = #fileID) {
  if holds { return }
  say("broken invariant at \(file):\(line): \(message())")
  abort()
}

private func say(_ text: String) {
  let line = Array("\(text)\n".utf8)
  _ = line.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
}
