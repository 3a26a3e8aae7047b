#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The inflate states of one thread, and the buffer that inflated bytes are thrown into.
///
/// Guarantees: a state is handed to a body when its deflate data begins and comes back when it ends, so a body that
/// arrives in one piece always gets the state that is still in the cache. As many states exist as bodies were ever
/// inflating at once on this thread, no more. Relies on: one thread. Costs: 128 KiB of scratch a thread.
final class InflatePool {
  static let scratchBytes = 128 * 1024

  let scratch: UnsafeMutableRawBufferPointer
  /// Last in, first out: the hot one is taken first.
  private var idleISAL: [InflateStream] = []
  private var idleZlib: [InflateStream] = []
  private var idlePrefixes: [RetainedPrefix] = []
  /// Of this thread's bodies, by target; in tests of several runs.
  private var recordings: [Int: [ReferenceRecording]] = [:]
  /// States alive, idle ones included, and those that bodies hold now.
  private(set) var created = 0
  private(set) var taken = 0

  init() { scratch = .allocate(byteCount: Self.scratchBytes, alignment: 64) }

  deinit { scratch.deallocate() }

  /// A state ready for a new deflate stream; nil when memory is short.
  func take(_ engine: InflateStream.Engine) -> InflateStream? {
    guard let stream = idle(engine) ?? make(engine) else { return nil }
    guard stream.reset() else {
      created -= 1
      return nil
    }
    taken += 1
    return stream
  }

  func give(_ stream: InflateStream) {
    taken -= 1
    switch stream.engine {
    case .isal: idleISAL.append(stream)
    case .zlib: idleZlib.append(stream)
    }
  }

  /// Empty.
  func takePrefix() -> RetainedPrefix {
    let prefix = idlePrefixes.popLast() ?? RetainedPrefix()
    prefix.reset()
    return prefix
  }

  func give(_ prefix: RetainedPrefix) { idlePrefixes.append(prefix) }

  /// What this thread's bodies of a URL without a reference are compared with, and written to.
  func recording(of references: ReferenceStore, target: Int) -> ReferenceRecording? {
    recordings[target]?.first { $0.isOf(references, target: target) }
  }

  func add(_ recording: ReferenceRecording, target: Int) { recordings[target, default: []].append(recording) }

  func remove(_ recording: ReferenceRecording, target: Int) {
    recordings[target]?.removeAll { $0 === recording }
    if recordings[target]?.isEmpty ?? false { recordings[target] = nil }
  }

  private func idle(_ engine: InflateStream.Engine) -> InflateStream? {
    switch engine {
    case .isal: idleISAL.popLast()
    case .zlib: idleZlib.popLast()
    }
  }

  private func make(_ engine: InflateStream.Engine) -> InflateStream? {
    guard let stream = InflateStream(engine: engine) else { return nil }
    created += 1
    return stream
  }
}

extension InflatePool {
  /// The calling thread's own pool, made at first use and freed with the thread.
  static func ofThread() -> InflatePool {
    guard let key = ThreadKey.pool else { return InflatePool() }
    if let known = pthread_getspecific(key) { return Unmanaged<InflatePool>.fromOpaque(known).takeUnretainedValue() }
    let pool = InflatePool()
    let retained = Unmanaged.passRetained(pool)
    if pthread_setspecific(key, retained.toOpaque()) != 0 { retained.release() }
    return pool
  }
}

private enum ThreadKey {
  /// Nil when the system has no key left: every judge has a pool of its own then.
  static let pool: pthread_key_t? = {
    var key = pthread_key_t()
    #if canImport(Darwin)
      let status = pthread_key_create(&key) { Unmanaged<InflatePool>.fromOpaque($0).release() }
    #else
      let status = pthread_key_create(&key) { value in
        guard let value else { return }
        Unmanaged<InflatePool>.fromOpaque(value).release()
      }
    #endif
    return status == 0 ? key : nil
  }()
}
