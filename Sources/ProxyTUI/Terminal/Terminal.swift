internal import CTerminal
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The real screen; the only Swift code that draws by CTerminal.
///
/// Guarantees: draws on /dev/tty alone; gives it back on `close`, on deinit, and (from C, by signal handlers) on a
/// crash.
/// Relies on: one at a time in a process, used from the thread that made it. Not Sendable for that reason.
final class Terminal: Screen {
  private var isOpen = true
  private let guardian: Guardian?
  private var decoder: KeyDecoder
  private var waiting: ArraySlice<ScreenEvent> = []
  private var typed = [UInt8](repeating: 0, count: 1024)
  private var isSynchronized = false

  /// - Throws: `ToolFailure` with `usage` when there is no terminal that can be drawn on.
  init(options: Dashboard.Options, guardian: Guardian?) throws(ToolFailure) {
    if let refusal = TerminalRequirement.ofProcess().refusal { throw .usage(refusal) }
    let type = getenv("TERM").map { String(cString: $0) } ?? ""
    guard cterm_open(type, options.mouse) == CTERM_OK else {
      throw .usage("cannot draw on this terminal (TERM=\(type)); gzload does the same without a screen")
    }
    self.guardian = guardian
    decoder = KeyDecoder(KeySequences(capability: Self.capability))
    armGuardian()
    let noColour = getenv("NO_COLOR").map { String(cString: $0) }
    let palette = Palette(
      terminalColours: Int(cterm_colours()), noColour: noColour, wanted: options.colours, theme: options.theme,
      terminal: type)
    for role in Role.allCases {
      let style = palette.style(role)
      cterm_style(role.rawValue, style.attributes, style.foreground)
    }
  }

  deinit { close() }

  /// Leaves the screen. Does nothing the second time.
  func close() {
    guard isOpen else { return }
    isOpen = false
    cterm_crash_notice(-1, nil, 0)
    cterm_close()
    guardian?.disarm()
    let isPatient = PlainThread.detach(name: "patience") {
      usleep(Self.patience)
      cterm_release_signals()
    }
    // A system that has no thread left: better no patience than no way out.
    if !isPatient { cterm_release_signals() }
  }

  /// Microseconds in which a second Ctrl-C, which was meant for the dashboard, does not end us: the summary and the report are written
  /// then. What takes longer can be ended.
  private static let patience: UInt32 = 3_000_000

  var size: ScreenSize {
    var rows: Int32 = 0
    var columns: Int32 = 0
    cterm_size(&rows, &columns)
    return ScreenSize(rows: Int(rows), columns: Int(columns))
  }

  func put(row: Int, column: Int, cells: ArraySlice<Cell>) {
    cells.withUnsafeBufferPointer { cells in
      // A cell is its 32 bits and nothing else.
      cells.withMemoryRebound(to: UInt32.self) { bits in
        guard let base = bits.baseAddress else { return }
        cterm_put(Int32(clamping: row), Int32(clamping: column), base, Int32(clamping: bits.count))
      }
    }
  }

  func clear() { cterm_clear() }
  func flush() { cterm_flush() }

  func redraw() { cterm_redraw() }
  var isReady: Bool { cterm_ready() }

  func event(withinMilliseconds limit: Int) -> ScreenEvent? {
    if let event = waiting.popFirst() { return event }
    var count: Int32 = 0
    let code = typed.withUnsafeMutableBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return CTERM_HUNG_UP }
      return cterm_read(Int32(clamping: self.limit(limit)), base, Int32(clamping: bytes.count), &count)
    }
    switch code {
    case CTERM_RESIZED: return .resized
    case CTERM_HUNG_UP: return .hungUp
    case CTERM_SIGNAL...: return .signal(code & 0xff)
    default: break
    }
    let now = monotonicSeconds()
    decoder.receive(typed.prefix(Int(count)), at: now)
    decoder.idle(at: now)
    if decoder.canSynchronize, !isSynchronized {
      isSynchronized = true
      cterm_synchronize()
    }
    waiting = decoder.takeEvents()[...]
    return waiting.popFirst()
  }

  /// No longer than until a lone escape is a key.
  private func limit(_ wanted: Int) -> Int {
    guard let deadline = decoder.deadline else { return wanted }
    return min(wanted, max(0, Int(((deadline - monotonicSeconds()) * 1000).rounded(.up))))
  }

  func suspend() {
    guardian?.disarm()
    cterm_suspend()
    armGuardian()
  }

  func reenter() { cterm_reenter() }

  private func armGuardian() {
    guard let guardian else { return }
    let settings = Self.bytes(cterm_saved_settings)
    let leave = Self.bytes(cterm_leave_strings)
    guardian.arm(settings: settings, leave: leave)
    guard let descriptor = guardian.lifeDescriptor else { return }
    GuardianWire.disarm.withUnsafeBytes { cterm_crash_notice(descriptor, $0.baseAddress, $0.count) }
  }

  private static func bytes(_ read: (UnsafeMutableRawPointer, Int) -> Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 512) { buffer, count in
      count = buffer.baseAddress.map { read(UnsafeMutableRawPointer($0), 512) } ?? 0
    }
  }

  private static func capability(_ name: String) -> [UInt8]? {
    let bytes = [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      count = buffer.baseAddress.map { Int(cterm_capability(name, $0, 32)) } ?? 0
    }
    return bytes.isEmpty ? nil : bytes
  }
}
