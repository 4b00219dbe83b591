using Microsoft.AspNetCore.Http;

namespace FaceAspire.Gateway.Tests;

/// <summary>What a service saw of one request.</summary>
internal sealed class Arrival
{
    private long _bodyBytes;
    private int _count;

    /// <summary>Ends when the request came.</summary>
    public TaskCompletionSource Came { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the service was told that nobody waits for the answer.</summary>
    public TaskCompletionSource Aborted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>For the test to set: the service goes on.</summary>
    public TaskCompletionSource Continue { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Method, path and query.</summary>
    public string Line { get; private set; } = "";

    public IReadOnlyDictionary<string, string> Headers { get; private set; } = new Dictionary<string, string>();

    /// <summary>Times that it came.</summary>
    public int Count => Volatile.Read(ref _count);

    public long BodyBytes => Interlocked.Read(ref _bodyBytes);

    public void Note(HttpContext context)
    {
        var request = context.Request;
        Line = $"{request.Method} {request.Path}{request.QueryString}";
        Headers = request.Headers.ToDictionary(static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        Interlocked.Increment(ref _count);
        Came.TrySetResult();
    }

    public void Read(int bytes) => Interlocked.Add(ref _bodyBytes, bytes);
}
