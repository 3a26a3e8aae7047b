internal import CTerminal
internal import Synchronization

/// A time during which stderr, ours and that of children started meanwhile, is collected instead of written across the
/// screen. Captures nest: everything is shown when the outermost ends.
enum ErrorCapture {
  private static let depth = Mutex(0)

  static func begin() {
    depth.withLock { depth in
      if depth == 0 { cterm_capture_errors() }
      depth += 1
    }
  }

  static func end() {
    depth.withLock { depth in
      depth -= 1
      if depth == 0 { cterm_release_errors() }
    }
  }
}
