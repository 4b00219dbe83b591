using System.Collections;

namespace FaceAspire.ServiceDefaults.Http;

/// <summary>Puts the request's id on every log line, as a property in JSON and readable in text.</summary>
internal sealed class RequestScope(string id) : IReadOnlyList<KeyValuePair<string, object?>>
{
    /// <summary>The request's id.</summary>
    public string Id { get; } = id;

    public int Count => 1;

    public KeyValuePair<string, object?> this[int index] => index == 0 ? new("RequestId", Id) : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return this[0];
    }

    public override string ToString() => $"RequestId:{Id}";

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
