using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.ServiceDiscovery;

namespace FaceAspire.ServiceDefaults.Calls;

/// <summary>Sends a call to a replica of the service that its address names, and to the next one where nobody listens: a call fails so only when no replica takes it.
/// A replica that was not there, says that it goes, or let a call wait until its caller gave up, is asked last for a while.</summary>
/// <remarks>The discovery package's own handler takes the replicas in turn, whatever became of the last call: of many calls at once some would meet a dead one at every attempt.</remarks>
internal sealed class ReplicaHandler(ServiceEndpointResolver resolver, AbsentReplicas absent) : DelegatingHandler
{
    // Far more than a picture takes: giving up after it says something of the replica, and before it more of the caller.
    private static readonly TimeSpan _hangs = TimeSpan.FromSeconds(1);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var address = request.RequestUri ?? throw new InvalidOperationException("A call has an address.");
        var source = await resolver.GetEndpointsAsync(address.GetLeftPart(UriPartial.Authority), cancellationToken);
        if (source.Endpoints.Count == 0)
        {
            throw new HttpRequestException(HttpRequestError.NameResolutionError, $"{address.Host} has no replica.");
        }

        try
        {
            var replicas = absent.Order(source.Endpoints);
            for (int i = 0; ; i++)
            {
                request.RequestUri = AddressAt(replicas[i].EndPoint, address);
                long start = Stopwatch.GetTimestamp();
                try
                {
                    var response = await base.SendAsync(request, cancellationToken);
                    Note(replicas[i].EndPoint, response);
                    return response;
                }
                catch (Exception exception) when (NobodyListens(exception) && !cancellationToken.IsCancellationRequested)
                {
                    absent.Add(replicas[i].EndPoint);
                    if (i == replicas.Count - 1)
                    {
                        throw exception as HttpRequestException ?? new HttpRequestException(HttpRequestError.ConnectionError, $"No replica of {address.Host} takes the connection.", exception);
                    }
                }
                catch (OperationCanceledException) when (Stopwatch.GetElapsedTime(start) > _hangs)
                {
                    absent.Add(replicas[i].EndPoint); // no other is asked: the caller's time is up
                    throw;
                }
            }
        }
        finally
        {
            request.RequestUri = address; // for whoever tries again
        }
    }

    /// <summary>A replica that ends its connections is about to go: calls that still went there could cross with its end.</summary>
    private void Note(EndPoint replica, HttpResponseMessage response)
    {
        if (response.Headers.ConnectionClose == true)
        {
            absent.Add(replica);
        }
        else
        {
            absent.Remove(replica);
        }
    }

    private static bool NobodyListens(Exception exception) =>
        CallFailures.NobodyListens(exception) || exception is OperationCanceledException { InnerException: TimeoutException }; // SocketsHttpHandler.ConnectTimeout

    /// <summary>The same path at a replica. A name that nothing resolves is a host, under the first of its schemes.</summary>
    private static Uri AddressAt(EndPoint replica, Uri address)
    {
        string scheme = address.Scheme.Split('+')[0];
        var target = replica switch
        {
            UriEndPoint known => new UriBuilder(known.Uri),
            DnsEndPoint { Port: 0 } host => new UriBuilder(scheme, host.Host),
            DnsEndPoint host => new UriBuilder(scheme, host.Host, host.Port),
            IPEndPoint host => new UriBuilder(scheme, host.Address.ToString(), host.Port),
            _ => throw new InvalidOperationException($"{replica} is no address of a service."),
        };
        target.Path = address.AbsolutePath;
        target.Query = address.Query;
        return target.Uri;
    }
}
