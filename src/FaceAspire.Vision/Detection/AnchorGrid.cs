namespace FaceAspire.Vision.Detection;

/// <summary>The anchors of one output: cells row by row, the anchors of a cell side by side.</summary>
/// <param name="Stride">Pixels of the input from one cell to the next.</param>
/// <param name="Columns">Cells across.</param>
/// <param name="Rows">Cells down.</param>
/// <param name="PerCell">Anchors of a cell.</param>
internal readonly record struct AnchorGrid(int Stride, int Columns, int Rows, int PerCell)
{
    /// <summary>Number of anchors.</summary>
    public int Count => Columns * Rows * PerCell;

    /// <summary>The grid over an input; cells that it covers in part count.</summary>
    public static AnchorGrid Over(int width, int height, int stride, int perCell) => new(stride, (width + stride - 1) / stride, (height + stride - 1) / stride, perCell);

    /// <summary>The cell of an anchor, and which of the cell's it is.</summary>
    public (int Column, int Row, int InCell) Locate(int anchor)
    {
        int cell = anchor / PerCell;
        return (cell % Columns, cell / Columns, anchor % PerCell);
    }
}
