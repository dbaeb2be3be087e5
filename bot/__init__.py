"""Zhuchuang: a policy assistant for disabled people in China who run or start a small business."""
