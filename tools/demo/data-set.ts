// A small but realistic data set: what a microscope and the people around it leave behind.
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { writeTree } from '../harness/tree.ts';

const PLATES = 6;
const IMAGES_A_PLATE = 40;

export async function makeDataSet(top: string): Promise<void> {
  const files: Record<string, string> = {
    'README.md': '# Plate scan, November\n\nFinished on the 24th. Please do not touch.\n',
    'analysis/cells per well.csv': 'well,cells\nA1,312\nA2,287\nB1,301\n',
    'analysis/Übersicht – final.txt': 'Cell counts look plausible.\n',
  };
  for (let plate = 1; plate <= PLATES; plate++) {
    const dir = `raw/plate-${String(plate).padStart(2, '0')}`;
    files[`${dir}/meta.json`] = `{ "plate": ${plate}, "objective": "20x" }\n`;
    for (let image = 1; image <= IMAGES_A_PLATE; image++) {
      files[`${dir}/img_${String(image).padStart(4, '0')}.tif`] = 'II*\0'.repeat(64 + image);
    }
  }
  await writeTree(top, files);
  await symlink('raw/plate-06', join(top, 'latest'));
}
