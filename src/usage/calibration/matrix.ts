/** The inverse of a positive definite matrix, row by row, by Gauss-Jordan elimination; for matrices of a few dozen rows. */
export function inverse(matrix: Float64Array, size: number): Float64Array {
  const left = Float64Array.from(matrix);
  const right = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) right[row * size + row] = 1;
  for (let pivot = 0; pivot < size; pivot += 1) {
    const factor = 1 / (left[pivot * size + pivot] ?? 1);
    for (const side of [left, right]) {
      for (let column = 0; column < size; column += 1) {
        side[pivot * size + column] = (side[pivot * size + column] ?? 0) * factor;
      }
    }
    for (let row = 0; row < size; row += 1) {
      const share = left[row * size + pivot] ?? 0;
      if (row === pivot || share === 0) continue;
      for (const side of [left, right]) {
        for (let column = 0; column < size; column += 1) {
          const index = row * size + column;
          side[index] = (side[index] ?? 0) - share * (side[pivot * size + column] ?? 0);
        }
      }
    }
  }
  return right;
}
