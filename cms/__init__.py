"""The public face: pages, blocks, images and opening a board's site."""
