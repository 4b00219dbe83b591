using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace FaceAspire.Testing.Load;

/// <summary>Sends the same <c>verify</c> again and again and notes what becomes of each. Lean, for it shares the cores with what it measures: the body is made once, and a successful answer is not read into text.</summary>
public sealed class VerifyLoad : IDisposable
{
    // A request that has no answer after this long hangs, whatever the service's own deadline is.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5) });
    private readonly Uri _target;
    private readonly byte[] _body;
    private readonly bool _mayCache;
    private readonly ConcurrentQueue<Outcome> _outcomes = new();
    private readonly long _begin = Stopwatch.GetTimestamp();

    /// <summary>Makes the body.</summary>
    /// <param name="service">The server.</param>
    /// <param name="first">An encoded picture.</param>
    /// <param name="second">Another.</param>
    /// <param name="mayCache">False to send <c>Cache-Control: no-store</c>, so that every request costs the same.</param>
    public VerifyLoad(Uri service, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, bool mayCache = false)
    {
        _target = new Uri(service, "/api/v1/verify");
        _body = Encoding.ASCII.GetBytes($$"""{"img1":"{{Convert.ToBase64String(first)}}","img2":"{{Convert.ToBase64String(second)}}"}""");
        _mayCache = mayCache;
    }

    /// <summary>Time since the load was made, the clock of <see cref="Outcome.Sent"/>.</summary>
    public TimeSpan Now => Stopwatch.GetElapsedTime(_begin);

    /// <summary>What has become of requests so far.</summary>
    public IReadOnlyList<Outcome> Outcomes => [.. _outcomes];

    /// <summary>Sends one request now.</summary>
    public Task<Outcome> CallAsync(CancellationToken cancellationToken) => CallAsync(Now, cancellationToken);

    /// <summary>A number of clients, each sending its next request when it has its answer, until <paramref name="stop"/>.</summary>
    /// <param name="clients">How many.</param>
    /// <param name="stop">Ends the sending; the last answers are waited for.</param>
    /// <param name="pause">What each client waits between its requests.</param>
    public async Task<LoadResult> RunClosedAsync(int clients, CancellationToken stop, TimeSpan pause = default)
    {
        var start = Now;
        List<Outcome>[] all = await Task.WhenAll(Enumerable.Range(0, clients).Select(async _ =>
        {
            List<Outcome> own = [];
            while (!stop.IsCancellationRequested)
            {
                own.Add(await CallAsync(CancellationToken.None));
                await Task.Delay(pause, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            return own;
        }));
        return new([.. all.SelectMany(static own => own).OrderBy(static outcome => outcome.Ended)], Now - start);
    }

    /// <summary>The same for a time.</summary>
    public async Task<LoadResult> RunClosedAsync(int clients, TimeSpan duration)
    {
        using var stop = new CancellationTokenSource(duration);
        return await RunClosedAsync(clients, stop.Token);
    }

    /// <summary>Sends at a rate, whether answers come or not. Latencies count from when a request was to be sent.</summary>
    public async Task<LoadResult> RunOpenAsync(double perSecond, TimeSpan duration, CancellationToken cancellationToken)
    {
        var start = Now;
        int total = (int)(perSecond * duration.TotalSeconds);
        var calls = new List<Task<Outcome>>(total);
        while (calls.Count < total)
        {
            var due = start + TimeSpan.FromSeconds(calls.Count / perSecond);
            if (due > Now)
            {
                await Task.Delay(1, cancellationToken);
                continue;
            }

            calls.Add(CallAsync(due, CancellationToken.None));
        }

        return new([.. (await Task.WhenAll(calls)).OrderBy(static outcome => outcome.Ended)], Now - start);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<Outcome> CallAsync(TimeSpan due, CancellationToken cancellationToken)
    {
        var outcome = await SendAsync(due, cancellationToken);
        _outcomes.Enqueue(outcome);
        return outcome;
    }

    private async Task<Outcome> SendAsync(TimeSpan due, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_patience);
        using var request = new HttpRequestMessage(HttpMethod.Post, _target)
        {
            Content = new ByteArrayContent(_body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        if (!_mayCache)
        {
            request.Headers.TryAddWithoutValidation("Cache-Control", "no-store");
        }

        try
        {
            using var response = await _client.SendAsync(request, limit.Token);
            int status = (int)response.StatusCode;
            if (response.IsSuccessStatusCode)
            {
                await response.Content.CopyToAsync(Stream.Null, limit.Token);
                return new(due, Now - due, status, Failure: null, SaysWhenToRetry: false);
            }

            string answer = await response.Content.ReadAsStringAsync(limit.Token);
            return new(due, Now - due, status, answer, response.Headers.RetryAfter is not null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            return new(due, Now - due, Status: 0, exception.GetBaseException().Message, SaysWhenToRetry: false);
        }
    }
}
