using System.Diagnostics;
using FaceAspire.Contracts.Errors;
using FaceAspire.ServiceDefaults.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace FaceAspire.ServiceDefaults.Tests.Http;

public sealed class DeadlineTests : IAsyncLifetime
{
    private readonly WebApplication _app = ServiceFixture.Build(new() { ["REQUEST_TIMEOUT_SECONDS"] = "2" }, static app =>
    {
        app.MapGet("/hang", static context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        app.MapGet("/left", static (HttpContext context) => $"{context.Features.Get<RequestDeadline>()!.Remaining.TotalMilliseconds}");
    });

    private readonly HttpClient _client = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _app.StartAsync();
        _client.BaseAddress = new(_app.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("100", 0.09, 1.5)]
    [InlineData("0", 0, 1.5)]
    [InlineData("60000", 1.9, 6)]
    [InlineData("-1", 1.9, 6)]
    [InlineData("99999999999999999999", 1.9, 6)]
    [InlineData("soon", 1.9, 6)]
    public async Task AnyRoute_CallerWaitsOnlySoLong_IsTimeoutAtTheEarlierDeadline(string milliseconds, double leastSeconds, double mostSeconds)
    {
        long start = Stopwatch.GetTimestamp();
        using var response = await SendAsync("/hang", milliseconds);

        await ServiceFixture.ShouldBeAsync(response, ErrorCode.Timeout);
        Stopwatch.GetElapsedTime(start).TotalSeconds.ShouldBeInRange(leastSeconds, mostSeconds);
    }

    [Theory]
    [InlineData("700", 1, 700)]
    [InlineData("60000", 701, 2_000)]
    public async Task AnyRoute_CallerWaitsOnlySoLong_KnowsWhatIsLeft(string milliseconds, double least, double most)
    {
        using var response = await SendAsync("/left", milliseconds);

        double.Parse(await response.Content.ReadAsStringAsync(Token), System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(least, most);
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string milliseconds)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation(RequestHeaders.TimeoutMs, milliseconds);
        return await _client.SendAsync(request, Token);
    }
}
