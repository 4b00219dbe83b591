using FaceAspire.Vision.Detection.Cascades;

namespace FaceAspire.Vision.Tests.Detection.Cascades;

public sealed class WindowGroupingTests
{
    [Fact]
    public void Group_NeighborsAndAStray_GivesTheMeanOfTheNeighborsWithTheLargestWeight()
    {
        // Of 100 pixels a fifth is 20: the first and the third are no neighbours, but both are the second's.
        CascadeWindow[] windows = [Window(0, 100, 1), Window(15, 100, 3), Window(300, 100, 9), Window(30, 103, 2)];

        WindowGrouping.Group(windows, minNeighbors: 2, tolerance: 0.2).ShouldBe([new(new(15, 0, 101, 101), Weight: 3, Count: 3)]);
    }

    [Fact]
    public void Group_SeveralGroups_KeepTheOrderOfTheirFirstWindows()
    {
        CascadeWindow[] windows = [Window(500, 50, 1), Window(0, 50, 2), Window(501, 50, 1), Window(1, 50, 2)];

        // Halves go to the even number.
        WindowGrouping.Group(windows, minNeighbors: 1, tolerance: 0.2).Select(static group => group.Box.X).ShouldBe([500, 0]);
    }

    [Theory]
    [InlineData(2, 0)] // more than twice its windows, and more than three
    [InlineData(9, 2)]
    public void Group_SmallGroupInsideALargerOne_GoesOnlyWhenItHasFewerWindows(int small, int expectedSmall)
    {
        CascadeWindow[] windows = [.. Enumerable.Repeat(Window(0, 100, 1), 5), .. Enumerable.Repeat(Window(30, 30, 1), small)];

        WindowGrouping.Group(windows, minNeighbors: 1, tolerance: 0.2).Count(static group => group.Box.Width == 30).ShouldBe(Math.Min(1, expectedSmall));
    }

    [Fact]
    public void Group_Nothing_GivesNothing() => WindowGrouping.Group([], minNeighbors: 10, tolerance: 0.2).ShouldBeEmpty();

    private static CascadeWindow Window(int x, int side, double weight) => new(new(x, 0, side, side), weight);
}
