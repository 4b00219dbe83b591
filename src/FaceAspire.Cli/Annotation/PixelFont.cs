namespace FaceAspire.Cli.Annotation;

/// <summary>The letters that drawings need, five pixels wide and seven high.</summary>
internal static class PixelFont
{
    /// <summary>Columns of a letter.</summary>
    public const int Width = 5;

    /// <summary>Rows of a letter.</summary>
    public const int Height = 7;

    /// <summary>Columns from one letter to the next.</summary>
    public const int Advance = Width + 1;

    // Rows from the top; the leftmost pixel is the highest of five bits.
    private static readonly byte[] _zero = [0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110];
    private static readonly byte[] _one = [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110];
    private static readonly byte[] _two = [0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111];
    private static readonly byte[] _three = [0b01110, 0b10001, 0b00001, 0b00110, 0b00001, 0b10001, 0b01110];
    private static readonly byte[] _four = [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010];
    private static readonly byte[] _five = [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110];
    private static readonly byte[] _six = [0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110];
    private static readonly byte[] _seven = [0b11111, 0b00001, 0b00010, 0b00100, 0b00100, 0b01000, 0b01000];
    private static readonly byte[] _eight = [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110];
    private static readonly byte[] _nine = [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100];
    private static readonly byte[] _point = [0b00000, 0b00000, 0b00000, 0b00000, 0b00000, 0b00110, 0b00110];
    private static readonly byte[] _l = [0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111];
    private static readonly byte[] _r = [0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001];

    /// <summary>Whether a pixel of a letter is set.</summary>
    /// <param name="letter">A digit, a point, L or R.</param>
    /// <param name="column">0 to <see cref="Width"/> − 1, from the left.</param>
    /// <param name="row">0 to <see cref="Height"/> − 1, from the top.</param>
    public static bool IsSet(char letter, int column, int row) => (RowsOf(letter)[row] >> (Width - 1 - column) & 1) != 0;

    private static byte[] RowsOf(char letter) => letter switch
    {
        '0' => _zero,
        '1' => _one,
        '2' => _two,
        '3' => _three,
        '4' => _four,
        '5' => _five,
        '6' => _six,
        '7' => _seven,
        '8' => _eight,
        '9' => _nine,
        '.' => _point,
        'L' => _l,
        'R' => _r,
        _ => throw new ArgumentOutOfRangeException(nameof(letter), letter, "The font has digits, the point, L and R."),
    };
}
