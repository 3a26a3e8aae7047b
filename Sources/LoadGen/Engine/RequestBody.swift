/// The bytes that every request of a run sends, once for all threads: libcurl reads them where they lie.
final class RequestBody: Sendable {
  let count: Int
  // Invariant: the bytes are written in `init`, before anybody else has the object, and freed in `deinit`, after everybody has let go
  // of it; in between they are only read, by libcurl too (CURLOPT_POSTFIELDS takes them as const).
  private nonisolated(unsafe) let memory: UnsafeMutableRawPointer  // Invariant: read only after init

  init(_ bytes: [UInt8]) {
    count = bytes.count
    memory = .allocate(byteCount: max(1, bytes.count), alignment: 1)
    bytes.withUnsafeBytes { if let base = $0.baseAddress { memory.copyMemory(from: base, byteCount: $0.count) } }
  }

  deinit { memory.deallocate() }

  var start: UnsafeRawPointer { UnsafeRawPointer(memory) }
}
