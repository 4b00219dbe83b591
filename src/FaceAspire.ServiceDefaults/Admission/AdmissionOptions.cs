using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace FaceAspire.ServiceDefaults.Admission;

/// <summary>How many requests with pictures a service takes on at once.</summary>
public sealed class AdmissionOptions
{
    /// <summary>Pictures worked on at once; 0 for one per core. In the gateway, which works on none: requests passed on at once to each service; 0 for 1,024.</summary>
    [ConfigurationKeyName("MAX_CONCURRENCY"), Range(0, 1_024)]
    public int MaxConcurrency { get; set; }

    /// <summary>Requests that may wait besides; above it they are refused with <c>service_unavailable</c>. It bounds memory and waiting alike: under overload a request that is let in waits for about
    /// MAX_QUEUE / <see cref="MaxConcurrency"/> others. The default lets bursts pass; as many as are worked on keep the slowest in a hundred within three times what they take without load.</summary>
    [ConfigurationKeyName("MAX_QUEUE"), Range(0, 100_000)]
    public int MaxQueue { get; set; } = 64;

    /// <summary>Requests in the house, working or waiting.</summary>
    internal int MaxRequests => (MaxConcurrency == 0 ? Environment.ProcessorCount : MaxConcurrency) + MaxQueue;
}
