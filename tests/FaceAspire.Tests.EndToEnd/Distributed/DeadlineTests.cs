using System.Diagnostics;
using System.Text.RegularExpressions;
using FaceAspire.Tests.EndToEnd.Local;

namespace FaceAspire.Tests.EndToEnd.Distributed;

/// <summary>The time that a request has at the edge is all the time that it has anywhere.</summary>
[Collection(WholeSetGroup.Name)]
public sealed class DeadlineTests(WholeSet whole)
{
    // What a busy machine may add. The services' own limit is 30 s.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(6);

    [Theory]
    [InlineData("/api/v1/represent", WholeSet.Recognition)]
    [InlineData("/api/v1/analyze", WholeSet.Attributes)]
    public async Task Deadline_DetectionHangs_Is504AtTheGatewaysLimitAndTheServiceGivesUp(string route, string service)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals");
        string id = $"test-{Guid.NewGuid():N}";
        var detection = whole.Set[WholeSet.Detection];
        detection.Pause();
        try
        {
            long start = Stopwatch.GetTimestamp();
            var answer = await ApiAnswer.PostAsync(
                whole.Set[WholeSet.HurriedGateway].Client, route, new { img = SamplePictures.DataUri(SamplePictures.Unseen("anna.jpg")) }, ("X-Request-Id", id));

            answer.Status.ShouldBe("504 timeout", answer.Body);
            Stopwatch.GetElapsedTime(start).ShouldBeInRange(WholeSet.Hurry - TimeSpan.FromMilliseconds(100), WholeSet.Hurry + _patience);

            // 504 when its own clock ended it, 499 when it heard that the gateway had left: both are giving up, while detection still hangs.
            await whole.Set[service].WaitForLineAsync(new Regex($"{route} answered (504|499) in [^\"]*\",\"request_id\":\"{id}\""), TestContext.Current.CancellationToken);
        }
        finally
        {
            detection.Continue();
            await detection.WaitUntilReadyAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Deadline_OfOneCaller_DoesNotEndTheWorkThatAnotherWaitsFor()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals");
        object body = new { img = SamplePictures.DataUri(SamplePictures.Unseen("ben.jpg")) };
        var detection = whole.Set[WholeSet.Detection];
        Task<ApiAnswer> second;
        detection.Pause();
        try
        {
            var first = ApiAnswer.PostAsync(whole.Set[WholeSet.HurriedGateway].Client, "/api/v1/represent", body);
            second = ApiAnswer.PostAsync(whole.Client, "/api/v1/represent", body);
            (await first).Status.ShouldBe("504 timeout");
        }
        finally
        {
            detection.Continue();
        }

        var answer = await second;
        answer.Status.ShouldBe("200", answer.Body);
    }
}
