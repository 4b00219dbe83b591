using System.Collections.Concurrent;

namespace FaceAspire.Vision.Inference;

/// <summary>The sessions of a process, one pool per model, each made when it is first asked for. Owns them.</summary>
/// <param name="device">Where networks run.</param>
public sealed class InferenceSessions(InferenceDevice device) : IDisposable
{
    private readonly ConcurrentDictionary<string, InferenceSessionPool> _pools = new(StringComparer.Ordinal);

    /// <summary>The pool of a model.</summary>
    /// <param name="sha256">Hash of its weights. A name does not tell networks apart: it may occur once in every task.</param>
    /// <param name="name">Name of the model, for messages.</param>
    /// <param name="locate">Finds its verified file; throws when it is missing.</param>
    public InferenceSessionPool Get(string sha256, string name, Func<string> locate) =>
        _pools.GetOrAdd(sha256, static (_, state) => new(state.name, state.locate, state.device), (name, locate, device));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pool in _pools.Values)
        {
            pool.Dispose();
        }
    }
}
