using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.ServiceDiscovery;

namespace FaceAspire.ServiceDefaults.Calls;

/// <summary>Which replicas took no connection lately, never answered or said that they go, and whose turn it is among the others. One for all calls of the process.</summary>
internal sealed class AbsentReplicas(TimeProvider time)
{
    // Platforms give replicas new addresses for ever; nobody runs as many at once.
    private const int MaxRemembered = 1_024;

    private static readonly TimeSpan _absence = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<EndPoint, long> _since = new();
    private uint _turn;

    /// <summary>The replicas in the order in which a call tries them: in turn, those that are absent last. When a replica's absence is over one call tries it first,
    /// and the others still last.</summary>
    public List<ServiceEndpoint> Order(IReadOnlyList<ServiceEndpoint> replicas)
    {
        int first = (int)(Interlocked.Increment(ref _turn) % (uint)replicas.Count);
        List<ServiceEndpoint> order = new(replicas.Count);
        List<ServiceEndpoint>? last = null;
        for (int i = 0; i < replicas.Count; i++)
        {
            var replica = replicas[(first + i) % replicas.Count];
            if (_since.IsEmpty || !_since.TryGetValue(replica.EndPoint, out long since))
            {
                order.Add(replica);
            }
            else if (time.GetElapsedTime(since) >= _absence && _since.TryUpdate(replica.EndPoint, time.GetTimestamp(), since))
            {
                order.Insert(0, replica);
            }
            else
            {
                (last ??= []).Add(replica);
            }
        }

        order.AddRange(last ?? []);
        return order;
    }

    /// <summary>Notes that another replica had better be asked.</summary>
    public void Add(EndPoint replica)
    {
        if (_since.Count >= MaxRemembered)
        {
            _since.Clear();
        }

        _since[replica] = time.GetTimestamp();
    }

    /// <summary>Notes that it answers.</summary>
    public void Remove(EndPoint replica) => _since.TryRemove(replica, out _);
}
