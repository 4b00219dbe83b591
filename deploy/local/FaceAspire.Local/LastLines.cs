using System.Collections.Concurrent;

namespace FaceAspire.Local;

/// <summary>The last lines that a process wrote. Safe on many threads: its two streams are read side by side.</summary>
/// <param name="count">How many are kept.</param>
public sealed class LastLines(int count)
{
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>What is kept now, the oldest first.</summary>
    public IReadOnlyList<string> All => [.. _lines];

    /// <summary>Keeps a line.</summary>
    public void Add(string line)
    {
        _lines.Enqueue(line);
        while (_lines.Count > count)
        {
            _lines.TryDequeue(out _);
        }
    }
}
